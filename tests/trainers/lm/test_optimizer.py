"""The optimiser of a language model, and how its learning rate decays."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from trainers.cli.run_flags import identity
from trainers.lm.task import LMTask
from trainers.storage.run_folder import RunFolder
from trainers.training import loop as training_loop
from trainers.training import run as training_run

# The bound soon stops improving at this learning rate.
SGD = (
    *("--optimizer=sgd", "--learning_rate=20", "--plateau_factor=3", "--clip_norm=1"),
    *("--epochs=8", "--patience=0", "--dropout=0.2"),
)


def run(settings, path):
    """Returns the folder of a run that has trained as the flags say."""
    folder = RunFolder(path, identity(settings))
    training_run.run(LMTask(settings), folder)
    return folder


def run_in_two(settings, path, monkeypatch, epoch, batch):
    """Returns the folder of a run that was stopped there and then finished."""

    def stop(loop, *_):
        if (loop.progress.epoch, loop.progress.batch) == (epoch, batch):
            loop._save()
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(training_loop.TrainingLoop, "_stop_on", stop)
        with pytest.raises(KeyboardInterrupt):
            run(settings, path)
    return run(settings, path)


def arrays_of(folder):
    """Returns weights, optimiser and noise states after the last step."""
    with np.load(max(folder.checkpoints.iterdir())) as content:
        return [content[name] for name in sorted(content.files) if name != "notes"]


def history_of(folder):
    history = folder.metrics()["history"]
    return [
        {name: value for name, value in logs.items() if name != "words_per_second"}
        for logs in history
    ]


@pytest.fixture(scope="module")
def store():
    return {}


@pytest.fixture
def trained(store, make_settings, tmp_path_factory):
    if not store:
        settings = make_settings(*SGD)
        store["run"] = settings, run(settings, tmp_path_factory.mktemp("runs") / "sgd")
    return store["run"]


def test_the_learning_rate_is_divided_after_each_epoch_without_a_better_bound(trained):
    rate, best, expected = 20.0, np.inf, []
    history = history_of(trained[1])
    for logs in history:
        expected.append(rate)
        if logs["val_nll"] >= best:
            rate /= 3
        best = min(best, logs["val_nll"])

    np.testing.assert_allclose([x["learning_rate"] for x in history], expected, 1e-6)
    assert len(set(expected)) > 2


def test_a_run_with_sgd_that_was_stopped_ends_like_an_uninterrupted_one(
    trained, tmp_path, monkeypatch
):
    settings, whole = trained
    drops = [x["learning_rate"] for x in history_of(whole)]
    # Just before the last epoch that begins with another learning rate.
    last = max(n for n in range(1, len(drops)) if drops[n] != drops[n - 1])

    folder = run_in_two(settings, tmp_path / "run", monkeypatch, last, 0)

    assert history_of(folder) == history_of(whole)
    for array, expected in zip(arrays_of(folder), arrays_of(whole), strict=True):
        np.testing.assert_array_equal(array, expected)


def test_adam_falls_linearly_unless_it_is_to_wait_for_a_plateau(make_settings):
    linear = LMTask(make_settings()).make_optimizer(100)
    waiting = LMTask(make_settings("--plateau_factor=2")).make_optimizer(100)

    assert float(linear.learning_rate) == pytest.approx(8e-3)
    linear.iterations.assign(100)
    assert float(linear.learning_rate) == pytest.approx(8e-3 / 50)
    waiting.iterations.assign(100)
    assert float(waiting.learning_rate) == pytest.approx(8e-3)


def test_the_papers_optimiser_is_the_default_of_sgd(parse):
    settings, notes = parse("--dataset=ptb", "--optimizer=sgd")

    names = ("learning_rate", "clip_norm", "plateau_factor")
    assert [settings[name] for name in names] == [10.0, 0.25, 1.2]
    assert notes == []


class Recorder(keras.callbacks.Callback):
    """Averages the weights after each step, and keeps the averages of each epoch."""

    momentum = 0.75

    def __init__(self):
        super().__init__()
        self.averages, self.epochs, self.weights = None, [], []

    def on_train_batch_end(self, batch, logs=None):
        weights = [tf.convert_to_tensor(w) for w in self.model.trainable_variables]
        if self.averages is None:
            self.averages = weights
        self.averages = [
            self.momentum * average + (1 - self.momentum) * weight
            for average, weight in zip(self.averages, weights, strict=True)
        ]
        self.weights = weights

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(self.averages)


def test_averages_of_the_weights_are_judged_and_saved(
    make_settings, tmp_path, monkeypatch
):
    flags = ["--epochs=3", "--patience=0", "--latent=none"]
    found = {}
    for momentum in (0.0, Recorder.momentum):
        recorder = Recorder()
        monkeypatch.setattr(LMTask, "make_panes", lambda *_, kept=recorder: [kept])
        settings = make_settings(*flags, f"--ema_momentum={momentum}")
        found[momentum] = run(settings, tmp_path / f"{momentum}"), recorder
    (plain, raw), (averaging, averages) = found.values()
    model = keras.models.load_model(averaging.model)

    # Averaging does not disturb training.
    for one, other in zip(raw.weights, averages.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    history = averaging.metrics()["history"]
    best = int(np.argmin([logs["val_nll"] for logs in history]))
    expected = averages.epochs[best]
    for weight, value in zip(model.trainable_variables, expected, strict=True):
        np.testing.assert_allclose(weight, value, rtol=1e-5, atol=1e-6)
    # The figures are those of the model that is saved.
    found = averaging.metrics()["validation"]["nll"]
    assert found == pytest.approx(history[best]["val_nll"], rel=1e-5)
    assert found != pytest.approx(plain.metrics()["validation"]["nll"], rel=1e-5)


def test_a_run_with_averages_that_was_stopped_ends_like_an_uninterrupted_one(
    make_settings, tmp_path, monkeypatch
):
    settings = make_settings("--epochs=2", "--ema_momentum=0.9")
    whole = run(settings, tmp_path / "whole")

    folder = run_in_two(settings, tmp_path / "run", monkeypatch, 1, 1)

    assert history_of(folder) == history_of(whole)
    for array, expected in zip(arrays_of(folder), arrays_of(whole), strict=True):
        np.testing.assert_array_equal(array, expected)
