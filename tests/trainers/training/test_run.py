"""A whole training run: begun, resumed, finished, and run again."""

import contextlib
import dataclasses
import io
import json
import pathlib
import shutil

import keras
import numpy as np
import pytest

import tf_vmfvae
from trainers.cli.errors import UserError
from trainers.cli.run_flags import identity
from trainers.devices.agreement import Agreement
from trainers.lm.task import LMTask
from trainers.storage.metrics_file import SPLITS
from trainers.storage.run_folder import RunFolder
from trainers.training import run as training_run
from trainers.training.loop import TrainingLoop

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
    """A finished run, and what it did."""

    settings: dict
    folder: RunFolder
    printed: str
    evaluated: list
    weights_at_test: list

    def run(self, path=None, **changes):
        """Runs again, here or in another folder; returns everything printed."""
        settings = {**self.settings, **changes}
        folder = RunFolder(path or self.folder.path, identity(settings))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            training_run.run(LMTask(settings), folder)
        return printed.getvalue()


@pytest.fixture
def settings(parse, corpus_folder):
    return parse(*FLAGS, f"--data_dir={corpus_folder}")[0]


@pytest.fixture(scope="module")
def store():
    return {}


@pytest.fixture
def finished(store, settings, tmp_path_factory, monkeypatch):
    """One run for all tests of this file; they leave it as it was."""
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


@pytest.fixture
def copied(corpus_folder, tmp_path):
    """A copy of the corpus, which a test may change."""
    return pathlib.Path(shutil.copytree(corpus_folder, tmp_path / "corpus"))


def state_of(path):
    """Returns the content and the modification time of every file."""
    return {
        file: (file.stat().st_mtime_ns, file.is_file() and file.read_bytes())
        for file in path.rglob("*")
    }


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


def test_the_test_set_is_evaluated_once_with_the_best_model(finished):
    validation, train, test = 6, 24, 7
    assert finished.evaluated == [validation, validation, train, validation, test]
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
    assert report(finished.run()) == report(finished.printed)
    assert finished.folder.metrics() == metrics


def test_a_run_killed_before_it_wrote_its_metrics_finds_the_same_ones(finished):
    metrics = finished.folder.metrics()
    (finished.folder.path / "metrics.json").unlink()
    printed = finished.run()
    assert "continuing after epoch 2\n" in printed
    assert "epoch 2/2" not in printed
    assert report(printed) == report(finished.printed)
    assert finished.folder.metrics() == metrics


def test_reporting_writes_nothing(finished):
    before = state_of(finished.folder.path)
    finished.run()
    assert state_of(finished.folder.path) == before


def change_line(text):
    return text.replace("the cat sees it", "the cat hears it", 1)


def leave_out_a_line(text):
    return text.partition("\n")[2]


@pytest.mark.parametrize("part", ["train", "valid", "test"])
@pytest.mark.parametrize("change", [change_line, leave_out_a_line])
def test_figures_are_not_reported_for_another_text(finished, copied, part, change):
    file = copied / f"{part}.txt"
    file.write_text(change(file.read_text()))
    before = state_of(finished.folder.path)
    with pytest.raises(UserError, match=rf"--data_dir={copied}: its ") as caught:
        finished.run(data_dir=str(copied))
    assert "\n" not in str(caught.value)
    assert f"{part.removesuffix('ation')}" in str(caught.value)
    assert state_of(finished.folder.path) == before


def test_the_text_may_move(finished, copied):
    assert report(finished.run(data_dir=str(copied))) == report(finished.printed)


def test_a_stopped_run_is_not_resumed_on_another_text(
    finished, copied, tmp_path, monkeypatch
):
    """Not even if the text has the same number of words, but different ones."""
    path = tmp_path / "run"
    shutil.copytree(finished.folder.path, path)
    (path / "metrics.json").unlink()
    before = state_of(path)

    def never(*_):
        raise AssertionError("another text was read by a model")

    monkeypatch.setattr(LMTask, "make_model", never)
    words = {"cat": "fox", "dog": "owl", "bird": "eel"}
    for changes, names in (
        (words, ["training part", "vocabulary"]),
        (
            {"fox": "cat", "owl": "cow"},
            ["vocabulary (13 words as before, but different ones)"],
        ),
        (
            {"\nthe": "\n"},
            ["training part (24 examples as before, but different ones)"],
        ),
    ):
        for file in copied.iterdir():
            text = file.read_text()
            for old, new in changes.items():
                text = text.replace(old, new)
            file.write_text(text)
        with pytest.raises(UserError, match=r"(is|are) not what the run") as caught:
            finished.run(path, data_dir=str(copied))
        for name in names:
            assert name in str(caught.value)
        assert state_of(path) == before


def make_older(path, flags):
    """Writes flags.json in the form of earlier versions."""
    (path / "flags.json").write_text(json.dumps(flags))


def test_an_older_finished_run_is_reported_if_its_text_seems_to_fit(
    finished, copied, tmp_path
):
    path = tmp_path / "run"
    shutil.copytree(finished.folder.path, path)
    make_older(path, identity(finished.settings))
    before = state_of(path)
    printed = finished.run(path)
    assert report(printed) == report(finished.printed)
    assert "as far as can be told, it is this one" in printed
    # A text with another number of examples, or with other words, is refused.
    original = (copied / "test.txt").read_text()
    (copied / "test.txt").write_text(leave_out_a_line(original))
    with pytest.raises(UserError, match="its test part is not what the run"):
        finished.run(path, data_dir=str(copied))
    (copied / "test.txt").write_text(original)
    text = (copied / "train.txt").read_text()
    (copied / "train.txt").write_text(text.replace("cat", "fox"))
    with pytest.raises(UserError, match="its vocabulary is not what the run"):
        finished.run(path, data_dir=str(copied))
    assert state_of(path) == before


def test_an_older_stopped_run_is_resumed_if_its_text_fits(finished, copied, tmp_path):
    """Only then is the text recorded."""
    path = tmp_path / "run"
    shutil.copytree(finished.folder.path, path)
    (path / "metrics.json").unlink()
    make_older(path, identity(finished.settings))
    before = state_of(path)
    text = (copied / "train.txt").read_text()
    # With a best model, other words and additional words are noticed.
    for other in (text.replace("cat", "fox"), f"{text}the bear sees the bear\n"):
        (copied / "train.txt").write_text(other)
        with pytest.raises(UserError, match="its vocabulary is not what the run"):
            finished.run(path, data_dir=str(copied))
        assert state_of(path) == before
    # Without one, the checkpoint does not fit.
    model = (path / "model.keras").rename(tmp_path / "model.keras")
    checkpoints = state_of(path / "checkpoints")
    with pytest.raises(UserError, match="was saved for another model"):
        finished.run(path, data_dir=str(copied))
    assert state_of(path / "checkpoints") == checkpoints
    assert "text" not in json.loads((path / "flags.json").read_text())

    model.rename(path / "model.keras")
    printed = finished.run(path)
    assert "did not record its text; from now on it is that of --data_dir=" in printed
    assert "continuing after epoch 2" in printed
    assert report(printed) == report(finished.printed)
    content = json.loads((path / "flags.json").read_text())
    assert content["flags"] == identity(finished.settings)
    assert content["text"]["train"]["count"] == 24


def test_workers_with_different_texts_do_not_train_together(
    finished, tmp_path, monkeypatch
):
    monkeypatch.setattr(Agreement, "gather", lambda _, number: [number, number + 1])
    with pytest.raises(UserError, match="another worker has other flags or reads"):
        finished.run(tmp_path / "run")


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
    assert report(finished.run(path)) == report(finished.printed)
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


def report(printed):
    """Returns what is printed from the report on."""
    return printed[printed.index("\nbest epoch: ") :]
