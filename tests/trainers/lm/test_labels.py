"""A language model of labelled text of one's own, from training to use."""

import json
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf
from absl import flags

from tests.trainers.export.exporting import export
from tf_vmfvae import data
from trainers.cli.errors import UserError
from trainers.cli.run_flags import identity
from trainers.evaluate import flags as evaluate_flags
from trainers.evaluate import run as evaluation_run
from trainers.evaluate.sentences import SentenceJudge
from trainers.generate import flags as generate_flags
from trainers.generate import run as generation_run
from trainers.lm.task import LMTask
from trainers.storage import text_cache
from trainers.storage.run_folder import RunFolder
from trainers.training import run as training_run

FLAGS = ("--condition=label", "--condition_dim=4", "--dropout=0", "--epochs=2")


def run(settings, path):
    folder = RunFolder(path, identity(settings))
    training_run.run(LMTask(settings), folder)
    return folder


@pytest.fixture(scope="module")
def store():
    return {}


@pytest.fixture
def trained(store, make_settings, labels, tmp_path_factory, capsys):
    """Settings and folder of a run, and what it printed."""
    if not store:
        settings = make_settings(*FLAGS, f"--labels={labels}")
        path = tmp_path_factory.mktemp("runs") / "labelled"
        store["run"] = settings, run(settings, path), capsys.readouterr().out
    return store["run"]


@pytest.fixture
def model(trained):
    return keras.models.load_model(trained[1].model)


def program(module, defined, *arguments):
    """Does what a program does with these flags; returns what it returns."""
    own = defined.define_flags(flags.FlagValues())
    own.parse(arguments)
    settings, _ = own.read_settings()
    return module.run(settings)


def test_a_run_knows_its_labels_by_name(trained, model):
    _, _, printed = trained

    assert "note: 3 labels: 0 bird, 1 cat, 2 dog" in printed
    assert "reconstructions:" in printed
    assert model.condition.label_names == ["bird", "cat", "dog"]
    assert model.condition.units == 4


def test_the_labels_may_move_but_not_change(trained, labels, tmp_path):
    settings, folder, _ = trained
    moved = shutil.copytree(labels, tmp_path / "moved")
    run({**settings, "labels": str(moved)}, folder.path)
    file = moved / "valid.txt"
    names = file.read_text().split()
    assert names[0] != names[-1]
    file.write_text("\n".join(names[::-1]) + "\n")
    with pytest.raises(
        UserError, match=rf"^--labels={moved}: its list of labels "
    ) as e:
        run({**settings, "labels": str(moved)}, folder.path)
    assert "\n" not in str(e.value)


def test_a_run_on_labelled_text_on_disk_is_the_run_in_memory(
    trained, tmp_path, capsys, monkeypatch, assert_same_figures
):
    monkeypatch.setattr(text_cache, "LARGE", 0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    settings, expected, printed = trained
    found = run(settings, tmp_path / "run")

    assert list(tmp_path.glob("tf_vmfvae/*/text/labels.i4"))
    own, other = (
        json.loads((folder.path / "flags.json").read_text())["text"]
        for folder in (found, expected)
    )
    assert own == other
    for split in ("validation", "test"):
        assert_same_figures(found.metrics()[split], expected.metrics()[split])
    report = slice(printed.index("reconstructions:"), None)
    assert capsys.readouterr().out.endswith(printed[report])


def test_a_run_is_not_continued_with_renamed_labels(trained, labels, tmp_path):
    settings, folder, _ = trained
    renamed = shutil.copytree(labels, tmp_path / "renamed")
    for file in renamed.iterdir():
        file.write_text(file.read_text().replace("bird", "animal"))

    with pytest.raises(UserError, match="its list of labels"):
        run({**settings, "labels": str(renamed)}, folder.path)


def test_the_model_generates_for_a_label_by_its_name(trained, model, capsys):
    folder = str(trained[1].path)
    arguments = f"--model={folder}", "--count=3", "--json", "--max_words=9"
    program(generation_run, generate_flags, *arguments, "--label=dog")
    lines = [
        json.loads(line)["sample"] for line in capsys.readouterr().out.splitlines()
    ]

    assert lines == model.generate(3, seed=1, labels=["dog"], max_words=9)
    with pytest.raises(UserError, match="--label: must be one of bird, cat, dog for"):
        program(generation_run, generate_flags, *arguments, "--label=fish")


def test_the_model_is_evaluated_with_labels_by_name(
    trained, corpus_folder, labels, tmp_path, capsys
):
    _, folder, _ = trained
    arguments = (
        f"--model={folder.path}",
        f"--output_dir={tmp_path / 'out'}",
        f"--data_dir={corpus_folder}",
        "--samples=2",
        "--probe_examples=20",
    )
    with pytest.raises(UserError, match="--labels: text has no labels, which the mod"):
        program(evaluation_run, evaluate_flags, *arguments)
    own = program(evaluation_run, evaluate_flags, *arguments, f"--labels={labels}")

    assert f"added to {folder.path / 'metrics.json'}" in capsys.readouterr().out
    recorded = folder.metrics()["test"]
    assert own["bounds"]["nll"] == pytest.approx(recorded["nll"], rel=0.05)


@pytest.mark.parametrize("large", [0, text_cache.LARGE])
def test_labels_of_another_text_may_have_other_numbers(
    trained, model, corpus_folder, labels, tmp_path, monkeypatch, large
):
    monkeypatch.setattr(text_cache, "LARGE", large)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    other = shutil.copytree(labels, tmp_path / "other")
    for file in other.iterdir():
        file.write_text(file.read_text().replace("bird", "cat"))
    own = evaluate_flags.define_flags(flags.FlagValues())
    own.parse(
        [
            *(f"--model={trained[1].path}", "--dataset=text"),
            *(f"--data_dir={corpus_folder}", f"--labels={other}"),
        ]
    )
    judge = SentenceJudge(model, own.read_settings()[0], {})
    found = np.concatenate([batch["label"] for batch in judge.batches().dataset()])

    assert isinstance(judge.corpus.test, list if large else data.StoredSentences)
    # Those of the model: 1 is cat, 2 is dog. The last batch is filled up.
    assert judge.corpus.label_names == ("cat", "dog")
    assert np.bincount(found)[1:].tolist() == [
        (other / "test.txt").read_text().split().count(name) for name in ("cat", "dog")
    ]


def test_unknown_labels_of_a_new_text_are_refused(
    trained, corpus_folder, labels, tmp_path
):
    other = shutil.copytree(labels, tmp_path / "other")
    for file in other.iterdir():
        file.write_text(file.read_text().replace("cat", "fish"))
    with pytest.raises(
        UserError, match=r"^--labels: the label 'fish' is unknown; .* bird, cat, dog$"
    ) as e:
        program(
            evaluation_run,
            evaluate_flags,
            f"--model={trained[1].path}",
            f"--output_dir={tmp_path / 'out'}",
            f"--data_dir={corpus_folder}",
            f"--labels={other}",
        )
    assert "\n" not in str(e.value)


@pytest.mark.slow
def test_the_exported_model_reads_the_labels_numbers(trained, model, tmp_path):
    export(trained[1].path, tmp_path / "served", "--max_words=9")
    served = tf.saved_model.load(tmp_path / "served")
    texts, names = ["the cat sees it", "a dog hears us"], ["cat", "dog"]
    answers = served.reconstruct(tf.constant(texts), labels=tf.constant([1, 2]))

    assert [x.decode() for x in answers.numpy()] == model.reconstruct(
        texts, labels=names, max_words=9
    )
    scores = served.score(
        tf.constant(texts), tf.constant(3), tf.constant(0), labels=tf.constant([1, 2])
    )
    np.testing.assert_allclose(
        scores["nll"], model.score(texts, samples=3, labels=names)["nll"], rtol=1e-5
    )


def test_a_condition_without_labels_is_refused(parse):
    with pytest.raises(UserError, match="--labels: --condition=label needs a file"):
        parse("--condition=label", "--dataset=text", "--data_dir=d")


def test_labels_that_nothing_reads_are_noted(parse):
    _, notes = parse("--dataset=ptb", "--labels=labels.txt")
    assert notes == ["--labels has no effect with --dataset=ptb"]


def test_wrong_labels_end_a_run_before_it_begins(make_settings, labels, tmp_path):
    wrong = shutil.copytree(labels, tmp_path / "wrong")
    (wrong / "test.txt").write_text("cat\n")
    settings = make_settings(*FLAGS, f"--labels={wrong}")
    with pytest.raises(UserError, match=r"wrong/test.txt has 1 lines, but .* has 7: "):
        run(settings, tmp_path / "run")
    assert not (tmp_path / "run").exists()
