"""A whole run of the language model, in this process."""

import contextlib
import dataclasses
import io
import json

import keras
import numpy as np
import pytest

from trainers import training_run
from trainers.command_line import UserError, identity
from trainers.lm_task import LMTask
from trainers.progress import Progress
from trainers.run_folder import SPLITS, RunFolder
from trainers.training_loop import TrainingLoop

FLAGS = (
    "--dataset=text",
    "--latent_dim=3",
    "--kappa=10",
    "--hidden_dim=8",
    "--embedding_dim=8",
    "--batch_size=8",
    "--epochs=2",
)


@dataclasses.dataclass
class Finished:
    """A run that has ended, and what it did on the way."""

    settings: dict
    folder: RunFolder
    printed: str
    evaluated: list
    weights_at_test: list

    def again(self):
        return RunFolder(self.folder.path, identity(self.settings))

    def run(self):
        """Runs it once more; returns what that printed."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            training_run.run(LMTask(self.settings), self.again())
        return printed.getvalue()


@pytest.fixture
def settings(parse, corpus_folder):
    return parse(*FLAGS, f"--data_dir={corpus_folder}")[0]


@pytest.fixture(scope="module")
def store():
    return {}


@pytest.fixture
def finished(store, settings, tmp_path_factory, monkeypatch):
    """One run for all tests of this file; none of them changes it for good."""
    if "run" not in store:
        path = tmp_path_factory.mktemp("runs") / "one"
        run = Finished(settings, RunFolder(path, identity(settings)), "", [], [])
        evaluate = TrainingLoop.evaluate

        def watch(loop, batches):
            run.evaluated.append(batches.num_examples)
            run.weights_at_test = [v.numpy() for v in loop.model.trainable_variables]
            return evaluate(loop, batches)

        with monkeypatch.context() as patch:
            patch.setattr(TrainingLoop, "evaluate", watch)
            run.printed = run.run()
        store["run"] = run
    return store["run"]


def test_the_folder_holds_what_it_should(finished):
    names = {path.name for path in finished.folder.path.iterdir()}
    assert {"model.keras", "metrics.json", "flags.json", "checkpoints"} <= names
    assert {"train", "validation", "texts", "projector"} <= names
    assert not any(name.startswith(".") for name in names)
    assert len(list(finished.folder.checkpoints.iterdir())) == 2
    flags = json.loads((finished.folder.path / "flags.json").read_text())
    assert flags == identity(finished.settings)


def test_metrics_of_every_split(finished):
    metrics = json.loads((finished.folder.path / "metrics.json").read_text())
    assert [metrics[split]["examples"] for split in SPLITS] == [24, 6, 7]
    for split in SPLITS:
        bounds = metrics[split]
        assert bounds["nll"] == bounds["reconstruction"] + bounds["kl"]
        per_word = bounds["nll"] * bounds["examples"] / bounds["tokens"]
        assert bounds["ppl"] == pytest.approx(np.exp(per_word))
        assert {"code_gain", "mean_cosine"} < bounds.keys()
    assert metrics["best_epoch"] in (1, 2)
    assert len(metrics["history"]) == 2
    assert metrics["entropy"] is None


def test_the_test_set_is_read_once_by_the_best_model(finished):
    validation, train, test = 6, 24, 7
    assert finished.evaluated == [validation, validation, train, validation, test]
    best = keras.models.load_model(finished.folder.model)
    for value, saved in zip(
        finished.weights_at_test, best.trainable_variables, strict=True
    ):
        np.testing.assert_array_equal(value, saved.numpy())


def test_what_is_printed(finished):
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


def test_run_again_it_only_reports(finished, monkeypatch):
    def never(*_):
        raise AssertionError("a finished run was taken up again")

    monkeypatch.setattr(LMTask, "make_model", never)
    monkeypatch.setattr(TrainingLoop, "__init__", never)
    metrics = finished.folder.metrics()
    assert report(finished.run()) == report(finished.printed)
    assert finished.folder.metrics() == metrics


def test_killed_before_its_metrics_were_written_it_finds_the_same(finished):
    metrics = finished.folder.metrics()
    (finished.folder.path / "metrics.json").unlink()
    printed = finished.run()
    assert "goes on after epoch 2\n" in printed
    assert "epoch 2/2" not in printed
    assert report(printed) == report(finished.printed)
    assert finished.folder.metrics() == metrics


def test_a_model_file_that_is_cut_is_named(finished):
    content = finished.folder.model.read_bytes()
    for damaged in (content[: len(content) // 2], b"", b"text"):
        finished.folder.model.write_bytes(damaged)
        with pytest.raises(UserError, match=r"model\.keras: cannot be read") as caught:
            finished.run()
        assert "\n" not in str(caught.value)
        assert finished.folder.model.read_bytes() == damaged
    finished.folder.model.write_bytes(content)


class StandIn:
    """A loop that has or has not found a checkpoint."""

    def __init__(self, restored, best_epoch):
        self.progress = Progress(epoch=best_epoch + 1, best_epoch=best_epoch)
        self.restored = restored

    def restore(self):
        return self.restored


def test_it_starts_over_only_where_that_loses_nothing(tmp_path, capsys):
    folder = RunFolder(tmp_path, {})
    training_run.go_on(StandIn(restored=False, best_epoch=-1), folder)
    assert capsys.readouterr().out == ""
    folder.model.write_text("the best of ten epochs")
    with pytest.raises(UserError, match="holds no whole checkpoint"):
        training_run.go_on(StandIn(restored=False, best_epoch=-1), folder)
    training_run.go_on(StandIn(restored=True, best_epoch=0), folder)
    assert capsys.readouterr().out == "goes on after epoch 1\n"
    folder.model.unlink()
    with pytest.raises(UserError, match=r"model\.keras: is missing"):
        training_run.go_on(StandIn(restored=True, best_epoch=0), folder)


def report(printed):
    """What is printed from the report on."""
    return printed[printed.index("\nbest epoch: ") :]
