"""What trainers.generate does with a document model."""

import json

import pytest

from tf_vmfvae import layers, models
from trainers.cli.errors import UserError
from trainers.generate import run as generation_run

CORPUS = ["Ball, goal and team!", "rain snow wind", "nothing", "team team goal"]
LATENTS = {
    "vmf": lambda: layers.VonMisesFisherLatent(3, kappa=10.0, seed=1),
    "none": layers.NoLatent,
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """Returns the paths of the models and of a corpus, by name."""
    folder = tmp_path_factory.mktemp("documents")
    words = ["ball", "goal", "team", "rain", "snow", "wind"]
    paths = {"corpus": folder / "corpus.txt", "unknown": folder / "unknown.txt"}
    for name, latent in LATENTS.items():
        paths[name] = folder / f"{name}.keras"
        models.NVDM(words, latent(), hidden_dim=4, seed=1).save(paths[name])
    paths["corpus"].write_text("\n".join(CORPUS))
    paths["unknown"].write_text("nothing\n")
    return {name: str(path) for name, path in paths.items()}


@pytest.fixture
def answer(files, capsys):
    """Returns a function from changed settings to the lines and notes printed."""

    def run(**changes):
        settings = {
            "model": files["vmf"],
            "task": "neighbours",
            "text": ["the goal of the team"],
            "file": None,
            "corpus": files["corpus"],
            "label": [],
            "count": 2,
            "json": True,
        }
        generation_run.run({**settings, **changes})
        return capsys.readouterr()

    return run


def test_neighbours_are_the_documents_with_the_most_similar_codes(answer):
    printed = answer(text=["rain snow wind", "TEAM team goal"])
    lines = [json.loads(line) for line in printed.out.splitlines()]

    assert [line["text"] for line in lines] == ["rain snow wind", "TEAM team goal"]
    assert [line["neighbours"][0]["text"] for line in lines] == [CORPUS[1], CORPUS[3]]
    for line in lines:
        first, second = (near["cosine"] for near in line["neighbours"])
        assert first == pytest.approx(1, abs=1e-5)
        assert first > second
    assert printed.err == (
        "note: 1 of 4 documents of --corpus have no word of the model's vocabulary and "
        "are left out\n"
    )


def test_without_json_each_neighbour_is_a_line_with_its_cosine(answer):
    lines = answer(json=False, count=50).out.splitlines()

    assert lines[0] == "the goal of the team"
    assert len(lines) == 1 + 3


def test_labels_have_no_effect_and_are_noted(answer):
    assert "--label has no effect on a document model" in answer(label=[1]).err


def test_a_file_with_an_unknown_document_is_refused_by_name(answer, files):
    with pytest.raises(UserError, match=r"^--file=.*unknown.txt: document 1 of 1"):
        answer(text=[], file=files["unknown"])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"task": "sample"}, "--task=sample: the model reads documents"),
        ({"task": "interpolate"}, "--task=interpolate: the model reads documents"),
        ({"model": "none"}, "--task=neighbours: the model has no code to compare"),
        ({"text": ["goal", "?"]}, r"^--text: document 2 of 2 \('\?'\) has no word"),
        ({"corpus": "unknown"}, "--corpus: no document has a word of the model's"),
    ],
)
def test_what_a_document_model_cannot_do_is_refused(answer, files, changes, message):
    for name in changes.keys() & {"model", "corpus"}:
        changes = {**changes, name: files[changes[name]]}
    with pytest.raises(UserError, match=message) as caught:
        answer(**changes)
    assert "\n" not in str(caught.value)
