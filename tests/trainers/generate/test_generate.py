"""The answers and messages of trainers.generate."""

import io
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys

import keras
import pytest
from absl import flags

from tf_vmfvae import layers, models
from trainers.cli.errors import UserError
from trainers.generate import flags as generate
from trainers.generate import run as generation_run

ROOT = pathlib.Path(__file__).parents[3]
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
    """Returns the settings that the program reads from flags with these values."""
    own = generate.define_flags(flags.FlagValues())
    arguments = []
    for name, value in values.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                arguments.append(f"--{name}={one}")
    own.parse(arguments)
    return own.read_settings()[0]


@pytest.fixture
def answer(model_file, capsys):
    """Returns a function from changed settings to the answers that are printed."""

    def run(**changes):
        settings = settings_of({**SETTINGS, "model": str(model_file), **changes})
        capsys.readouterr()
        generation_run.run(settings)
        lines = capsys.readouterr().out.splitlines()
        return [json.loads(line) for line in lines] if settings["json"] else lines

    return run


def test_samples_repeat_with_the_same_seed_only(answer):
    samples = answer()

    assert [list(line) for line in samples] == [["sample"]] * 3
    assert answer() == samples
    assert answer(seed=2) != samples


@pytest.mark.parametrize("sampler", generate.SAMPLERS)
def test_every_sampler_reconstructs(answer, sampler):
    lines = answer(task="reconstruct", text=["the cat sees it"], sampler=sampler)

    assert lines[0]["text"] == "the cat sees it"
    # The model has hardly been trained, so the reconstruction may be empty.
    assert len(lines[0]["reconstruction"].split()) <= 12


def test_at_a_low_temperature_sampling_is_greedy(answer):
    greedy = answer(task="reconstruct", text=["the cat sees it"])
    cold = answer(
        task="reconstruct", text=["the cat sees it"], sampler="random", temperature=1e-3
    )

    assert cold == greedy


def test_each_pair_of_sentences_is_interpolated(answer):
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


def test_sentences_are_read_from_a_file_or_from_standard_input(
    answer, tmp_path, monkeypatch
):
    file = tmp_path / "lines.txt"
    file.write_text("the cat  sees it\n\na dog\n")
    from_file = answer(task="reconstruct", file=str(file))
    monkeypatch.setattr("sys.stdin", io.StringIO(file.read_text()))
    from_input = answer(task="reconstruct", file="-")

    assert [line["text"] for line in from_file] == ["the cat sees it", "a dog"]
    assert from_input == from_file


def test_without_json_the_answers_are_lines_of_text(answer):
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
        ({"text": ["a"], "file": "b"}, "with --text or with --file, not with both"),
        ({"task": "reconstruct", "text": ["  "]}, "--text: is empty"),
        ({"task": "reconstruct", "text": ["zebras yawn"]}, r"\(100.0%\) are unknown"),
        ({"task": "reconstruct", "file": "/no/such"}, "--file: /no/such does not"),
    ],
)
def test_a_bad_flag_is_refused_by_name(answer, changes, message):
    with pytest.raises(UserError, match=message):
        answer(**changes)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("\n\n", "no sentence is given, and standard input has none"),
        ("", "standard input is empty|standard input has none"),
        ("the cat\ncaf\udce9\n", r"standard input is not UTF-8 text \(.*byte 11"),
    ],
)
def test_bad_standard_input_is_refused_by_name(answer, monkeypatch, content, message):
    monkeypatch.setattr("sys.stdin", io.StringIO(content))
    with pytest.raises(UserError, match=message):
        answer(task="reconstruct")


def test_unknown_words_are_counted_on_standard_error(answer, capsys, model_file):
    settings = {**SETTINGS, "model": str(model_file), "task": "reconstruct"}
    generation_run.run(settings_of({**settings, "text": ["the cat sees zebras"]}))

    assert "1 of 4 words of the text (25.0%)" in capsys.readouterr().err


def test_top_k_may_be_at_most_the_number_of_words(answer, model_file):
    words = keras.models.load_model(model_file).tokenizer.vocabulary_size
    assert len(answer(sampler="top_k", top_k=words)) == 3
    with pytest.raises(UserError, match=f"--top_k: must be at most {words}, .*99999"):
        answer(sampler="top_k", top_k=99_999)
    # Other samplers ignore it.
    assert len(answer(sampler="random", top_k=99_999)) == 3


@pytest.mark.parametrize(
    ("arguments", "notes"),
    [
        (["--top_k=3"], ["--top_k has no effect with --sampler=random"]),
        (["--sampler=top_p", "--top_p=0.5", "--temperature=2"], []),
        (["--steps=4", "--corpus=all.txt"], ["--corpus has no effect with --task=sam"]),
        (
            ["--task=reconstruct", "--count=4", "--temperature=2"],
            ["--count has no effect", "--temperature has no effect with --sampler=gr"],
        ),
        (
            ["--task=neighbours", "--corpus=all.txt", "--sampler=beam", "--beams=3"],
            ["--sampler has no effect with --task=neighbours", "--beams has no effect"],
        ),
    ],
    ids=" ".join,
)
def test_a_flag_without_effect_is_pointed_out(model_file, tmp_path, arguments, notes):
    own = generate.define_flags(flags.FlagValues())
    own.parse([f"--model={model_file}", *arguments])
    found = "\n".join(own.read_settings()[1])
    for note in notes:
        assert note in found
    assert bool(found) == bool(notes)


def test_a_flag_that_the_model_does_not_need_is_pointed_out(answer, capsys, model_file):
    settings = {
        **SETTINGS,
        "model": str(model_file),
        "label": ["7"],
        "text": ["zebras"],
    }
    generation_run.run(settings_of(settings))
    err = capsys.readouterr().err

    assert "--label has no effect on a model without labels" in err
    assert "--text has no effect with --task=sample" in err


@pytest.fixture(scope="module")
def untrained(tmp_path_factory):
    """Untrained models: one for each condition, and one without condition and code."""
    folder = tmp_path_factory.mktemp("untrained")
    paths = {}
    conditions = {
        "bow": layers.BagOfWordsCondition(),
        "label": layers.LabelCondition(num_labels=3),
        "names": layers.LabelCondition(2, label_names=["bad", "good"]),
        "plain": None,
    }
    for name, condition in conditions.items():
        model = models.NVRNN(
            ["a", "b", "c"],
            layers.NoLatent() if name == "plain" else layers.GaussianLatent(2),
            hidden_dim=4,
            condition=condition,
        )
        paths[name] = str(folder / f"{name}.keras")
        model.save(paths[name])
    return paths


@pytest.mark.parametrize(
    ("model", "changes", "message"),
    [
        ("label", {}, "--label: the model needs labels; give 1 for all or 3, not 0"),
        ("label", {"label": ["1", "2"]}, "--label: .* 3, not 2"),
        ("label", {"label": ["3"]}, "--label: must be one of 0, 1, 2 for this .*not 3"),
        ("label", {"label": ["-1"]}, "--label: must be one of 0, 1, 2 .* not -1"),
        ("names", {"label": ["1"]}, "--label: must be one of bad, good .* not 1"),
        ("names", {"label": []}, "--label: the model needs labels; give 1 for all"),
        (
            "label",
            {"task": "reconstruct", "text": ["a", "b"], "label": ["1", "1", "1"]},
            "--label: .* give 1 for all or 2, not 3",
        ),
        ("bow", {"text": ["a", "b"]}, "--text: .* as --count, 3, not 2"),
        (
            "plain",
            {"task": "neighbours", "text": ["a"], "corpus": __file__},
            "--task=neighbours: the model has no code",
        ),
    ],
)
def test_what_does_not_suit_the_model_is_refused_by_name(
    answer, untrained, model, changes, message
):
    with pytest.raises(UserError, match=message):
        answer(model=untrained[model], **changes)


UNREADABLE = {
    "pipe": "is a pipe",
    "socket": "is a socket",
    "device": "is a device",
    "loop": "Too many levels of symbolic links",
    "long": "File name too long",
    "below_a_file": "Not a directory",
}


@pytest.mark.parametrize("flag", ["model", "file", "corpus"])
@pytest.mark.parametrize("kind", UNREADABLE)
def test_a_path_that_is_not_a_file_is_refused_by_name(
    answer, tmp_path, monkeypatch, flag, kind
):
    # The name of a socket has to be short.
    monkeypatch.chdir(tmp_path)
    path = {"device": "/dev/zero", "long": "x" * 300, "below_a_file": f"{__file__}/x"}
    if kind == "pipe":
        os.mkfifo(kind)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as opened:
            opened.bind(kind)
    elif kind == "loop":
        os.symlink(kind, kind)
    changes = {"task": "neighbours", "text": ["a"], "corpus": __file__}
    if flag == "file":
        changes["text"] = []
    with pytest.raises(UserError, match=f"^--{flag}=.*{UNREADABLE[kind]}") as caught:
        answer(**{**changes, flag: path.get(kind, kind)})
    assert "\n" not in str(caught.value)


def test_the_file_may_be_a_pipe_of_the_shell(answer):
    # As in `--file=<(command)`.
    reading, writing = os.pipe()
    os.write(writing, b"the cat sees it\n")
    os.close(writing)
    (line,) = answer(task="reconstruct", file=f"/dev/fd/{reading}")
    os.close(reading)
    assert line["text"] == "the cat sees it"


def test_a_folder_is_refused_as_a_file_of_sentences(answer, tmp_path):
    with pytest.raises(UserError, match=r"--file=.*: is a folder; give a file"):
        answer(task="reconstruct", file=str(tmp_path))


def test_the_program_ends_quietly_when_its_reader_stops(model_file):
    program = f"{sys.executable} -m trainers.generate --model={model_file} --count=9999"
    result = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{program} --max_words=5 | head -n 1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stderr) == (128 + signal.SIGPIPE, "")
    assert result.stdout.count("\n") == 1
