"""A whole training run: started, finished, and run again."""

import dataclasses
import json
import shutil

import keras
import numpy as np
import pytest

import tf_vmfvae
from trainers.cli.errors import UserError
from trainers.cli.run_flags import identity
from trainers.lm.task import LMTask
from trainers.storage.metrics_file import SPLITS
from trainers.storage.run_folder import RunFolder
from trainers.training.loop import TrainingLoop


def test_a_run_leaves_model_metrics_flags_logs_and_checkpoints(finished):
    names = {path.name for path in finished.folder.path.iterdir()}
    assert {"model.keras", "metrics.json", "flags.json", "checkpoints"} <= names
    assert {"train", "validation", "texts", "projector"} <= names
    assert not any(name.startswith(".") for name in names)
    assert len(list(finished.folder.checkpoints.iterdir())) == 2
    content = json.loads((finished.folder.path / "flags.json").read_text())
    assert content["flags"] == identity(finished.settings)
    assert content["version"] == tf_vmfvae.__version__
    counts = {name: part["count"] for name, part in content["text"].items()}
    # <unk>, <eos> and the words that occur at least twice.
    assert counts == {
        "vocabulary": 13,
        "train": 24,
        "validation": 6,
        "test": 7,
        "labels": 0,
    }


def test_metrics_json_has_consistent_bounds_of_every_split(finished):
    metrics = json.loads((finished.folder.path / "metrics.json").read_text())
    # Of the 24 training examples, as many as there are to validate with.
    assert [metrics[split]["examples"] for split in SPLITS] == [6, 6, 7]
    assert metrics["train"]["sampled_from"] == 24
    for split in SPLITS:
        bounds = metrics[split]
        assert bounds["nll"] == bounds["reconstruction"] + bounds["kl"]
        per_word = bounds["nll"] * bounds["examples"] / bounds["tokens"]
        assert bounds["ppl"] == pytest.approx(np.exp(per_word))
        assert {"code_gain", "mean_cosine"} < bounds.keys()
    assert metrics["best_epoch"] in (1, 2)
    assert len(metrics["history"]) == 2
    assert metrics["entropy"] is None


def test_the_test_set_is_evaluated_once_with_the_best_model(finished):
    validation, test = 6, 7
    # Of the training set, a sample as large as the validation set.
    sample = validation
    assert finished.evaluated == [validation, validation, sample, validation, test]
    best = keras.models.load_model(finished.folder.model)
    for value, saved in zip(
        finished.weights_at_test, best.trainable_variables, strict=True
    ):
        np.testing.assert_array_equal(value, saved.numpy())


def test_a_run_prints_its_folder_epochs_bounds_and_examples(finished):
    printed = finished.printed
    for text in (
        f"run folder: {finished.folder.path}",
        "text: 24 training sentences",
        "epoch 1/2",
        "epoch 2/2",
        "best epoch: ",
        "test: NLL ",
        "reconstructions:",
        "samples from the prior:",
        "interpolation:",
    ):
        assert text in printed


def test_a_finished_run_only_reports(finished, monkeypatch):
    def never(*_):
        raise AssertionError("a finished run was continued")

    monkeypatch.setattr(LMTask, "make_model", never)
    monkeypatch.setattr(TrainingLoop, "__init__", never)
    metrics = finished.folder.metrics()
    assert finished.run().endswith(finished.report)
    assert finished.folder.metrics() == metrics


def test_a_run_killed_before_it_wrote_its_metrics_finds_the_same_ones(
    finished, assert_same_figures
):
    metrics = finished.folder.metrics()
    (finished.folder.path / "metrics.json").unlink()
    printed = finished.run()
    assert "continuing after epoch 2\n" in printed
    assert "epoch 2/2" not in printed
    assert printed.endswith(finished.report)
    assert_same_figures(finished.folder.metrics(), metrics)


def test_reporting_writes_nothing(finished, state_of):
    before = state_of(finished.folder.path)
    finished.run()
    assert state_of(finished.folder.path) == before


def test_a_run_that_another_process_has_just_finished_is_reported(
    finished, tmp_path, monkeypatch
):
    path = tmp_path / "run"

    def finish(*_):
        shutil.copytree(finished.folder.path, path)

    def never(*_):
        raise AssertionError("a finished run was trained again")

    monkeypatch.setattr(LMTask, "print_corpus", finish)
    monkeypatch.setattr(TrainingLoop, "fit", never)
    assert finished.run(path).endswith(finished.report)
    metrics = RunFolder(path, identity(finished.settings)).metrics()
    assert metrics == finished.folder.metrics()


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ({"nll": "low"}, "'nll' is not a number"),
        ({}, "has no number 'nll'"),
        (None, "has no figures"),
        ({"nll": 5.0, "kl": 1.0}, "has no number 'reconstruction'"),
    ],
)
def test_metrics_that_no_run_wrote_are_not_reported(finished, tmp_path, test, message):
    path = tmp_path / "run"
    shutil.copytree(finished.folder.path, path)
    metrics = json.loads((path / "metrics.json").read_text())
    (path / "metrics.json").write_text(json.dumps({**metrics, "test": test}))
    with pytest.raises(UserError, match=message) as caught:
        finished.run(path)
    assert str(path / "metrics.json") in str(caught.value)


def test_metrics_of_the_earliest_runs_are_reported(finished, tmp_path):
    path = tmp_path / "run"
    shutil.copytree(finished.folder.path, path)
    metrics = json.loads((path / "metrics.json").read_text())
    earliest = {name: metrics[name] for name in ("validation", "test")}
    (path / "metrics.json").write_text(json.dumps(earliest))
    printed = finished.run(path)
    assert "best epoch" not in printed
    assert (
        printed[printed.index("test: ") :]
        == (finished.printed[finished.printed.index("test: ") :])
    )


def test_a_pretrained_model_is_read_only_when_a_run_begins(
    finished, tmp_path, monkeypatch
):
    class Stopped(Exception):
        pass

    def fit(loop, *_):
        loop.checkpoints.save(dataclasses.asdict(loop.progress))
        first_weights.append([v.numpy() for v in loop.model.trainable_variables])
        raise Stopped

    def start():
        with pytest.raises(Stopped):
            finished.run(path, pretrained=str(trained))

    first_weights = []
    monkeypatch.setattr(TrainingLoop, "fit", fit)
    path, trained = tmp_path / "run", tmp_path / "trained.keras"
    shutil.copy(finished.folder.model, trained)
    start()
    text = json.loads((path / "flags.json").read_text())["text"]
    assert text["pretrained"]["count"] == trained.stat().st_size
    # The checkpoint now holds its weights.
    trained.unlink()
    start()
    np.testing.assert_equal(first_weights[1], first_weights[0])
    # A run that was killed before its first checkpoint needs the same model again.
    for file in (path / "checkpoints").iterdir():
        file.unlink()
    with pytest.raises(
        UserError, match=r"--pretrained=.*trained\.keras does not exist"
    ):
        finished.run(path, pretrained=str(trained))
    keras.models.load_model(finished.folder.model).save(trained)
    with pytest.raises(UserError, match=r"--pretrained=.*: its model .* is not what"):
        finished.run(path, pretrained=str(trained))
    # So does a run whose checkpoints cannot be read.
    shutil.copy(finished.folder.model, trained)
    (path / "checkpoints" / "state-1.npz").write_text("half")
    start()
    np.testing.assert_equal(first_weights[2], first_weights[0])


def test_a_damaged_model_file_is_refused_by_name(finished):
    content = finished.folder.model.read_bytes()
    for damaged in (content[: len(content) // 2], b"", b"text"):
        finished.folder.model.write_bytes(damaged)
        with pytest.raises(UserError, match=r"model\.keras: cannot be read") as caught:
            finished.run()
        assert "\n" not in str(caught.value)
        assert finished.folder.model.read_bytes() == damaged
    finished.folder.model.write_bytes(content)
