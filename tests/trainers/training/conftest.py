"""A loop and a run, each made once for all tests of training."""

import contextlib
import dataclasses
import io
import pathlib
import shutil

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import callbacks, data, layers, models
from trainers.cli.run_flags import identity
from trainers.devices.strategies import make_strategy
from trainers.lm.task import LMTask
from trainers.storage import text_cache
from trainers.storage.checkpoints import Checkpoints
from trainers.storage.run_folder import RunFolder
from trainers.training import run as training_run
from trainers.training.loop import TrainingLoop
from trainers.training.progress import Progress


class Bench:
    """A loop that is compiled once and that each test starts in a new folder."""

    words = ("the", "a", "cat", "dog", "sees", "hears", "it", "them")
    epochs, batches = 2, 3

    def __init__(self):
        strategy = make_strategy("one_device")
        with strategy.scope():
            self.model = models.NVRNN(
                self.words,
                layers.VonMisesFisherLatent(3, kappa=10.0, seed=1),
                embedding_dim=8,
                hidden_dim=8,
                dropout=0.2,
                word_dropout=0.2,
                seed=1,
            )
            schedule = keras.optimizers.schedules.PolynomialDecay(
                0.01, self.epochs * self.batches, 0.001
            )
            optimizer = keras.optimizers.Adam(schedule)
        self.train, self.validation = self._batches(13, True), self._batches(7, False)
        assert len(self.train) == self.batches
        self.loop = TrainingLoop(
            self.model, optimizer, strategy, RunFolder("unused", {}), clip_norm=1.0
        )
        self._variables = [*self.model.variables, *optimizer.variables]
        self._values = self.values()

    def texts(self, count):
        """Returns that many sentences, of two lengths."""
        rng = np.random.default_rng(count)
        return [" ".join(rng.choice(self.words, 2 + 3 * (i % 2))) for i in range(count)]

    def _batches(self, count, shuffle):
        return self.batches_of(self.model.tokenizer(self.texts(count)), shuffle)

    def batches_of(self, ids, shuffle):
        """Returns batches of 5 sentences; the last one is not full."""
        return data.Batches(ids, batch_size=5, buckets=2, shuffle=shuffle, seed=1)

    def values(self):
        return [tf.convert_to_tensor(variable).numpy() for variable in self._variables]

    def start(self, path, save_seconds=999.0):
        """Returns the loop in the state that it has in a new process."""
        for variable, value in zip(self._variables, self._values, strict=True):
            variable.assign(value)
        loop = self.loop
        loop.folder = RunFolder(path, {})
        loop.folder.open()
        loop.checkpoints = Checkpoints(loop.folder.checkpoints, self._variables)
        loop.progress = Progress()
        loop.save_seconds = save_seconds
        return loop

    def fit(self, *more, patience=0, epochs=None):
        schedule = callbacks.KLWeightSchedule("linear", epochs=self.epochs)
        epochs = epochs or self.epochs
        self.loop.fit(self.train, self.validation, epochs, patience, [schedule, *more])

    def outcome(self):
        """Returns everything about the end of a run except the time it took."""
        progress = self.loop.progress
        history = [
            {name: value for name, value in logs.items() if name != "words_per_second"}
            for logs in progress.history
        ]
        return self.values(), history, progress.best_nll, progress.best_epoch


@pytest.fixture(scope="session")
def bench():
    return Bench()


@pytest.fixture(scope="session")
def uninterrupted(bench, tmp_path_factory):
    bench.start(tmp_path_factory.mktemp("uninterrupted"))
    bench.fit()
    return bench.outcome()


@dataclasses.dataclass
class Finished:
    """A finished run, and what it did."""

    settings: dict
    folder: RunFolder
    printed: str
    evaluated: list
    weights_at_test: list

    @property
    def report(self):
        """The last part of what it printed."""
        return self.printed[self.printed.index("\nbest epoch: ") :]

    def run(self, path=None, **changes):
        """Runs again, here or in another folder; returns everything printed."""
        settings = {**self.settings, **changes}
        folder = RunFolder(path or self.folder.path, identity(settings))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            training_run.run(LMTask(settings), folder)
        return printed.getvalue()


@pytest.fixture
def settings(make_settings):
    return make_settings()


@pytest.fixture(scope="session")
def store():
    return {}


@pytest.fixture
def finished(store, settings, tmp_path_factory, monkeypatch):
    """One run for all tests; they leave it as it was."""
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


@pytest.fixture
def state_of():
    """Returns a function that reads content and modification time of every file."""

    def read(path):
        return {
            file: (file.stat().st_mtime_ns, file.is_file() and file.read_bytes())
            for file in path.rglob("*")
        }

    return read


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Makes every text a large one; the folder for caches."""
    monkeypatch.setattr(text_cache, "LARGE", 0)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "caches"))
    return tmp_path / "caches"
