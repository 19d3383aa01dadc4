"""What trainers.generate prints, for people and for programs."""

import io
import json

import pytest
from absl import flags

from trainers import generate, generation_run
from trainers.command_line import UserError

SETTINGS = {
    "model": None,
    "task": "sample",
    "text": [],
    "file": None,
    "corpus": None,
    "label": [],
    "count": 3,
    "steps": 4,
    "sampler": None,
    "temperature": 1.0,
    "top_k": 3,
    "top_p": 0.9,
    "beams": 3,
    "max_words": 12,
    "seed": 1,
    "json": True,
}


def settings_of(values):
    """What the program makes of a command line that gives these values."""
    own = generate.define_flags(flags.FlagValues())
    arguments = []
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                arguments.append(f"--{name}={one}")
    own.parse(arguments)
    return own.settings()


@pytest.fixture
def answer(model_file, capsys):
    """Returns a function from changes of the settings to the lines printed."""

    def run(**changes):
        settings = settings_of({**SETTINGS, "model": str(model_file), **changes})
        generate.check(settings)
        capsys.readouterr()
        generation_run.run(settings)
        lines = capsys.readouterr().out.splitlines()
        return [json.loads(line) for line in lines] if settings["json"] else lines

    return run


def test_samples_are_repeated_by_their_seed(answer):
    samples = answer()

    assert [list(line) for line in samples] == [["sample"]] * 3
    assert answer() == samples
    assert answer(seed=2) != samples


@pytest.mark.parametrize("sampler", generate.SAMPLERS)
def test_every_sampler_writes(answer, sampler):
    lines = answer(task="reconstruct", text=["the cat sees it"], sampler=sampler)

    assert lines[0]["text"] == "the cat sees it"
    # To a model of so little training, no word at all may be the likeliest.
    assert len(lines[0]["reconstruction"].split()) <= 12


def test_low_temperatures_take_the_likeliest_words(answer):
    greedy = answer(task="reconstruct", text=["the cat sees it"])
    cold = answer(
        task="reconstruct", text=["the cat sees it"], sampler="random", temperature=1e-3
    )

    assert cold == greedy


def test_pairs_are_interpolated(answer):
    texts = ["the cat sees it", "a dog hears them", "the bird sees us", "a cat"]
    lines = answer(task="interpolate", text=texts)

    assert [(line["start"], line["end"]) for line in lines] == [
        tuple(texts[:2]),
        tuple(texts[2:]),
    ]
    assert [len(line["sentences"]) for line in lines] == [4, 4]


def test_neighbours_come_from_the_corpus(answer, corpus_folder):
    corpus = corpus_folder / "train.txt"
    text = corpus.read_text().splitlines()[3]
    (line,) = answer(task="neighbours", text=[text], corpus=str(corpus), count=2)

    assert line["neighbours"][0]["text"] == text
    assert line["neighbours"][0]["cosine"] == pytest.approx(1, abs=1e-5)
    assert len(line["neighbours"]) == 2


def test_sentences_come_from_a_file_or_from_standard_input(
    answer, tmp_path, monkeypatch
):
    file = tmp_path / "lines.txt"
    file.write_text("the cat  sees it\n\na dog\n")
    from_file = answer(task="reconstruct", file=str(file))
    monkeypatch.setattr("sys.stdin", io.StringIO(file.read_text()))
    from_input = answer(task="reconstruct", file="-")

    assert [line["text"] for line in from_file] == ["the cat sees it", "a dog"]
    assert from_input == from_file


def test_people_get_lines_to_read(answer):
    lines = answer(task="reconstruct", text=["the cat sees it"], json=False)

    assert lines[0] == "the cat sees it"
    assert lines[1].startswith("  -> ")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"task": "interpolate", "text": ["the cat"]}, "1 sentences do not make pairs"),
        ({"task": "neighbours", "text": ["the cat"]}, "--corpus: --task=neighbours"),
        ({"temperature": 0.0}, "--temperature: must be positive .*, not 0.0"),
        ({"top_p": 1.5}, "--top_p: must be above 0 and at most 1"),
        ({"text": ["a"], "file": "b"}, "by --text or by --file, not by both"),
        ({"task": "reconstruct", "text": ["  "]}, "--text: is empty"),
        ({"task": "reconstruct", "text": ["zebras yawn"]}, r"\(100.0%\) are unknown"),
        ({"task": "reconstruct", "file": "/no/such"}, "--file: /no/such does not"),
    ],
)
def test_what_will_not_do_is_named(answer, changes, message):
    with pytest.raises(UserError, match=message):
        answer(**changes)


def test_empty_standard_input_is_said(answer, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("\n\n"))
    with pytest.raises(UserError, match="no sentence, and none on standard input"):
        answer(task="reconstruct")


def test_unknown_words_are_counted_on_the_side(answer, capsys, model_file):
    settings = {**SETTINGS, "model": str(model_file), "task": "reconstruct"}
    generation_run.run({**settings, "text": ["the cat sees zebras"]})

    assert "1 of 4 words of the text (25.0%)" in capsys.readouterr().err
