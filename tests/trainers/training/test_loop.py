"""The training loop counts right, stops in time, and resumes to the same end."""

import dataclasses
import errno
import io
import math
import os
import re
import shutil
import signal
import zipfile

import h5py
import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import callbacks, data, evaluation, layers, models
from trainers.cli.errors import RunFailed, UserError
from trainers.devices.strategies import make_strategy
from trainers.storage.checkpoints import Checkpoints
from trainers.storage.run_folder import RunFolder
from trainers.training.loop import TrainingLoop
from trainers.training.progress import Progress

WORDS = ["the", "a", "cat", "dog", "sees", "hears", "it", "them"]
EPOCHS, BATCHES = 2, 3
TOTALS = ("reconstruction", "kl", "examples", "words")


@pytest.fixture(autouse=True)
def _own_signals():
    """Handles Ctrl-C as in a terminal, even if the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Bench:
    """A loop that is compiled once and that each test starts in a new folder."""

    def __init__(self, latent, strategy="one_device", noise=0.0):
        strategy = make_strategy(strategy)
        with strategy.scope():
            self.model = models.NVRNN(
                WORDS,
                latent,
                embedding_dim=8,
                hidden_dim=8,
                dropout=noise,
                word_dropout=noise,
                seed=1,
            )
            schedule = keras.optimizers.schedules.PolynomialDecay(
                0.01, EPOCHS * BATCHES, 0.001
            )
            optimizer = keras.optimizers.Adam(schedule)
        self.train, self.validation = self._batches(13, True), self._batches(7, False)
        assert len(self.train) == BATCHES
        self.loop = TrainingLoop(
            self.model, optimizer, strategy, RunFolder("unused", {}), clip_norm=1.0
        )
        self._variables = [*self.model.variables, *optimizer.variables]
        self._values = self.values()

    def _batches(self, count, shuffle):
        """Returns batches of 5 sentences; the last one is not full."""
        rng = np.random.default_rng(count)
        texts = [" ".join(rng.choice(WORDS, 2 + 3 * (i % 2))) for i in range(count)]
        ids = self.model.tokenizer(texts)
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

    def fit(self, *more, patience=0, epochs=EPOCHS):
        schedule = callbacks.KLWeightSchedule("linear", epochs=EPOCHS)
        self.loop.fit(self.train, self.validation, epochs, patience, [schedule, *more])

    def outcome(self):
        """Returns everything about the end of a run except the time it took."""
        progress = self.loop.progress
        history = [
            {name: value for name, value in logs.items() if name != "words_per_second"}
            for logs in progress.history
        ]
        return self.values(), history, progress.best_nll, progress.best_epoch


@pytest.fixture(scope="module")
def bench():
    latent = layers.VonMisesFisherLatent(3, kappa=10.0, seed=1)
    return Bench(latent, noise=0.2)


@pytest.fixture(scope="module")
def uninterrupted(bench, tmp_path_factory):
    bench.start(tmp_path_factory.mktemp("uninterrupted"))
    bench.fit()
    return bench.outcome()


def assert_same(one, other):
    np.testing.assert_equal(one, other)


def send(number):
    return lambda: signal.raise_signal(number)


@pytest.mark.parametrize(
    ("number", "epoch", "batch"),
    [(signal.SIGINT, 1, 2), (signal.SIGTERM, 2, 1)],
)
def test_a_stopped_and_resumed_run_ends_like_an_uninterrupted_one(
    bench, uninterrupted, tmp_path, capsys, at_batch, number, epoch, batch
):
    bench.start(tmp_path)
    with pytest.raises(SystemExit) as stopped:
        bench.fit(at_batch(epoch, batch, send(number)))
    assert stopped.value.code == 128 + number
    assert capsys.readouterr().out.endswith(
        f"stopped by {number.name} after batch {batch} of epoch {epoch}; run the same "
        "command to continue\n"
    )
    loop = bench.start(tmp_path)
    assert loop.resume()
    assert (loop.progress.epoch, loop.progress.batch) == (epoch - 1, batch)
    bench.fit()
    assert_same(bench.outcome(), uninterrupted)


def test_a_signal_in_the_last_batch_or_in_validation_stops_after_the_epoch(
    bench, uninterrupted, tmp_path, capsys, at_batch
):
    bench.start(tmp_path)
    with pytest.raises(SystemExit):
        bench.fit(at_batch(1, BATCHES, send(signal.SIGTERM)))
    assert "stopped by SIGTERM after epoch 1; " in capsys.readouterr().out
    loop = bench.start(tmp_path)
    assert loop.resume()
    bench.fit()
    assert_same(bench.outcome(), uninterrupted)


def test_a_second_signal_does_not_wait(bench, tmp_path, at_batch):
    def twice():
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)

    bench.start(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        bench.fit(at_batch(1, 1, twice))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


class Killed(BaseException):
    """Stands for kill -9: it ends the run, and nothing is saved."""


def kill():
    raise Killed


def test_a_killed_run_is_resumed_from_its_last_checkpoint(
    bench, uninterrupted, tmp_path, at_batch
):
    bench.start(tmp_path, save_seconds=-1.0)
    with pytest.raises(Killed):
        bench.fit(at_batch(2, 3, kill))
    loop = bench.start(tmp_path)
    assert loop.resume()
    assert (loop.progress.epoch, loop.progress.batch) == (1, 2)
    bench.fit()
    assert_same(bench.outcome(), uninterrupted)


@pytest.fixture
def at_write(monkeypatch):
    """Returns a function that lets an action interrupt the nth write of a file."""

    def interrupt(number, action, when):
        counted = iter(range(1, 1000))
        replace = os.replace

        def replace_or_act(partial, path):
            if next(counted) != number:
                return replace(partial, path)
            if when == "after":
                replace(partial, path)
            action()

        monkeypatch.setattr(os, "replace", replace_or_act)

    return interrupt


def start_again(bench, path):
    """Runs the same command in a new process; returns the best model's arrays."""
    loop = bench.start(path)
    loop.resume()
    bench.fit()
    return arrays_of(loop.folder.model)


def arrays_of(model_file):
    """Returns the weights and noise states in a model file, by name."""
    arrays = {}
    with zipfile.ZipFile(model_file) as archive:
        weights = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(weights) as content:
        content.visititems(
            lambda name, each: (
                arrays.update({name: each[()]})
                if isinstance(each, h5py.Dataset)
                else None
            )
        )
    assert arrays
    return arrays


def full():
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("action", "when"), [(kill, "before"), (kill, "after"), (full, "before")]
)
def test_a_run_that_dies_at_any_write_is_resumed_to_the_same_end(
    bench, uninterrupted, tmp_path, at_write, monkeypatch, action, when
):
    """It writes the best model and its checkpoint, the first ones included."""
    best = start_again(bench, tmp_path / "uninterrupted")
    # An epoch ends with two files; in the middle of it, only a checkpoint is written.
    for save_seconds, numbers in ((999.0, range(1, 5)), (-1.0, (1, 3, 4))):
        for number in numbers:
            path = tmp_path / f"{number} of {save_seconds}"
            bench.start(path, save_seconds)
            at_write(number, action, when)
            with pytest.raises((Killed, OSError)):
                bench.fit()
            monkeypatch.undo()
            np.testing.assert_equal(start_again(bench, path), best)
            assert_same(bench.outcome(), uninterrupted)
            assert not list(path.rglob(".partial-*"))


def test_a_run_that_died_before_saving_its_best_model_saves_it_first(bench, tmp_path):
    """Later epochs may be worse."""
    loop = bench.start(tmp_path)
    bench.fit(epochs=1)
    best = arrays_of(loop.folder.model)
    loop.folder.model.unlink()
    loop = bench.start(tmp_path)
    assert loop.resume()
    np.testing.assert_equal(arrays_of(loop.folder.model), best)


def test_a_truncated_checkpoint_costs_only_time(
    bench, uninterrupted, tmp_path, at_batch, capsys
):
    bench.start(tmp_path, save_seconds=-1.0)
    with pytest.raises(Killed):
        bench.fit(at_batch(2, 2, kill))
    newest = bench.loop.checkpoints.files()[-1]
    newest.write_bytes(newest.read_bytes()[:1000])
    loop = bench.start(tmp_path)
    assert loop.resume()
    assert str(newest) in capsys.readouterr().err
    assert (loop.progress.epoch, loop.progress.batch) == (1, 0)
    bench.fit()
    assert_same(bench.outcome(), uninterrupted)


def test_a_run_starts_over_only_if_nothing_is_lost(bench, tmp_path, capsys):
    loop = bench.start(tmp_path)
    best = loop.folder.model
    assert not loop.resume()
    assert capsys.readouterr().out == ""
    best.write_text("the best of ten epochs")
    with pytest.raises(UserError, match="holds no checkpoint that can be read"):
        loop.resume()
    after_two = Progress(epoch=2, best_epoch=0, best_nll=5.0, history=[{}, {}])
    loop.checkpoints.save(dataclasses.asdict(after_two))
    assert loop.resume()
    assert capsys.readouterr().out == "continuing after epoch 2\n"
    assert best.read_text() == "the best of ten epochs"
    best.unlink()
    with pytest.raises(UserError, match=r"model\.keras: is missing"):
        loop.resume()


def test_a_finished_run_is_not_trained_further(bench, uninterrupted, tmp_path):
    bench.start(tmp_path)
    bench.fit()
    loop = bench.start(tmp_path)
    assert loop.resume()
    bench.fit(keras.callbacks.LambdaCallback(on_epoch_begin=lambda *_: kill()))
    assert_same(bench.outcome(), uninterrupted)


@pytest.mark.parametrize("batch", [1, BATCHES])
def test_a_nonfinite_loss_ends_the_run_and_keeps_the_best_model(
    bench, tmp_path, at_batch, batch
):
    kernel = bench.model.sentence_decoder.layers[0].cell.kernel
    spoil = at_batch(2, batch, lambda: kernel.assign(np.full(kernel.shape, np.nan)))
    loop = bench.start(tmp_path)
    with pytest.raises(RunFailed) as caught:
        bench.fit(spoil)
    where = "validation: " if batch == BATCHES else f"batch {batch + 1}, example "
    message = str(caught.value)
    assert message.startswith(f"not finite in epoch 2, {where}")
    assert str(loop.folder.model) in message
    assert "\n" not in message
    # The best model is that of the first epoch, complete and finite.
    best = keras.models.load_model(loop.folder.model)
    assert all(np.all(np.isfinite(v.numpy())) for v in best.trainable_variables)
    assert loop.resume()
    assert (loop.progress.epoch, loop.progress.best_epoch) == (1, 0)


def test_a_nonfinite_step_is_not_taken(bench, tmp_path):
    """So the weights can still show which sentences are to blame."""
    loop = bench.start(tmp_path)
    bias = bench.model.output_map.bias
    bias.assign(np.full(bias.shape, np.nan))
    with pytest.raises(RunFailed, match=r"batch 1, example \d+ \(.+ more: ") as caught:
        bench.fit()
    assert "best model kept: none yet" in str(caught.value)
    assert not loop.folder.model.exists()
    spoiled = [
        variable.path
        for variable in bench.model.trainable_variables
        if not np.all(np.isfinite(np.asarray(variable)))
    ]
    assert spoiled == [bias.path]


def test_a_checkpoint_of_another_version_is_refused(bench, tmp_path):
    loop = bench.start(tmp_path)
    loop.checkpoints.save({"epoch": 1, "step": 7})
    with pytest.raises(UserError, match="another version") as caught:
        loop.resume()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "changes",
    [
        {"epoch": "1"},
        {"epoch": -1},
        {"epoch": 1.5},
        {"epoch": True},
        {"epoch": None},
        {"epoch": 7},
        {"batch": "two"},
        {"batch": -3},
        {"batch": [1]},
        {"batch": 2, "totals": {}},
        {"batch": 2, "totals": {"examples": 3.0}},
        {"batch": 2, "totals": dict.fromkeys(TOTALS, 0.0)},
        {"batch": 2, "totals": dict.fromkeys(TOTALS, math.nan)},
        {"totals": []},
        {"totals": {"examples": "many"}},
        {"seconds": None},
        {"seconds": math.inf},
        {"best_nll": math.nan},
        {"best_nll": "low"},
        {"best_nll": {}},
        {"best_epoch": 1},
        {"best_epoch": -2},
        {"best_epoch": None},
        {"history": None},
        {"history": {}},
        {"history": []},
        {"history": [1]},
        {"history": [{"nll": "low"}]},
    ],
)
def test_notes_that_no_run_wrote_are_refused(bench, tmp_path, changes):
    loop = bench.start(tmp_path)
    good = {"epoch": 1, "best_epoch": 0, "best_nll": 5.0, "history": [{"nll": 5.0}]}
    assert Progress.from_notes(good).best_epoch == 0
    loop.checkpoints.save({**good, **changes})
    before = [file.read_bytes() for file in loop.checkpoints.files()]
    with pytest.raises(UserError, match="was left by another version") as caught:
        loop.resume()
    assert "its '" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert [file.read_bytes() for file in loop.checkpoints.files()] == before
    assert not loop.folder.model.exists()


def test_a_checkpoint_of_an_epoch_with_more_batches_is_refused(bench, tmp_path):
    loop = bench.start(tmp_path)
    totals = dict.fromkeys(TOTALS, 1.0)
    loop.checkpoints.save({"batch": BATCHES + 1, "totals": totals})
    assert loop.resume()
    with pytest.raises(UserError, match="an epoch has 3 batches") as caught:
        bench.fit()
    assert "\n" not in str(caught.value)


def test_a_run_whose_folder_is_replaced_writes_nothing_more(bench, tmp_path):
    folder = tmp_path / "run"
    bench.start(folder)
    shutil.move(folder, tmp_path / "moved")
    folder.mkdir()
    with pytest.raises(OSError, match="was replaced during the run"):
        bench.fit()
    assert list(folder.iterdir()) == []


def test_a_full_disk_names_the_file_and_keeps_what_was_saved(
    bench, uninterrupted, tmp_path, monkeypatch
):
    def full(file, **_):
        raise OSError(errno.ENOSPC, "No space left on device")

    bench.start(tmp_path)
    bench.fit(epochs=1)
    with monkeypatch.context() as patch:
        patch.setattr(np, "savez", full)
        with pytest.raises(OSError, match="No space left on device") as caught:
            bench.fit()
    assert "checkpoints" in caught.value.filename
    loop = bench.start(tmp_path)
    assert loop.resume()
    bench.fit()
    assert_same(bench.outcome(), uninterrupted)


def test_each_epoch_prints_one_line_and_nothing_else(bench, tmp_path, capsys):
    bench.start(tmp_path)
    bench.fit()
    printed = capsys.readouterr()
    number = r"-?\d+\.\d\d"
    line = (
        rf"epoch 1/2  \d+ s  train: NLL {number} KL {number} PPL {number}  "
        rf"validation: NLL {number} KL {number} PPL {number} code gain {number} \*"
    )
    lines = printed.out.splitlines()
    assert len(lines) == EPOCHS
    assert re.fullmatch(line, lines[0])
    # There is no progress bar, because stderr is not a terminal.
    assert printed.err == ""


def test_an_epoch_reads_every_sentence_once(bench, tmp_path, at_batch):
    totals = {}
    see = at_batch(1, BATCHES, lambda: totals.update(bench.loop.progress.totals))
    bench.start(tmp_path)
    bench.fit(see, epochs=1)
    assert totals["examples"] == bench.train.num_examples
    assert totals["words"] == bench.train.num_words
    validated = bench.loop.progress.history[0]
    assert validated["val_examples"] == bench.validation.num_examples
    assert validated["val_tokens"] == bench.validation.num_words


def test_the_first_batch_may_be_partly_empty(bench, tmp_path):
    """New weights must give finite values for empty rows too."""
    bench.start(tmp_path)
    ids = next(iter(bench.train.dataset()))[:1]
    only = data.Batches(tf.RaggedTensor.from_tensor(ids, padding=0), batch_size=5)
    bench.loop.fit(only, only, epochs=1, patience=0)
    assert math.isfinite(bench.loop.progress.history[0]["nll"])


def test_the_learning_rate_falls_and_the_kl_weight_rises(uninterrupted):
    _, history, _, _ = uninterrupted
    rates = [logs["learning_rate"] for logs in history]
    assert 0.01 > rates[0] > rates[1] > 0.0009
    # These are the weights in the last batch of each epoch.
    assert [round(logs["kl_weight"], 4) for logs in history] == [0.3333, 0.8333]


def test_the_objective_weights_the_kl(bench):
    totals = {"reconstruction": 8.0, "charged_kl": 2.0, "auxiliary": 0.0}
    bench.model.kl_weight.assign(0.25)
    assert float(bench.model.objective(totals)) == 8.5


def test_training_stops_when_the_bound_no_longer_improves(bench, tmp_path, monkeypatch):
    def bounds(nll):
        names = [field.name for field in dataclasses.fields(evaluation.Bounds)]
        return evaluation.Bounds(**{**dict.fromkeys(names, 1.0), "nll": nll})

    loop = bench.start(tmp_path)
    saved = []
    coming = iter([5.0, 4.0, 4.5, 4.0, 3.0])
    monkeypatch.setattr(loop, "evaluate", lambda _: bounds(next(coming)))
    monkeypatch.setattr(
        loop.folder, "save_model", lambda _: saved.append(loop.progress.best_epoch)
    )
    bench.fit(patience=2, epochs=9)
    # It stops two epochs after the best one, although the fifth would be better.
    assert loop.progress.epoch == 4
    assert (loop.progress.best_epoch, loop.progress.best_nll) == (1, 4.0)
    assert saved == [0, 1]
