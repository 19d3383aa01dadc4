"""A training run that is stopped, killed or out of disk resumes to the same end."""

import dataclasses
import errno
import io
import math
import os
import shutil
import signal
import zipfile

import h5py
import keras
import numpy as np
import pytest

from tf_vmfvae import callbacks, data
from trainers.cli.errors import UserError
from trainers.training.progress import Progress

TOTALS = ("reconstruction", "kl", "examples", "words")


@pytest.fixture(autouse=True)
def _own_signals():
    """Handles Ctrl-C as in a terminal, even if the tests run in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def send(number):
    return lambda: signal.raise_signal(number)


@pytest.mark.parametrize(
    ("number", "epoch", "batch"),
    [(signal.SIGINT, 1, 2), pytest.param(signal.SIGTERM, 2, 1, marks=pytest.mark.slow)],
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
    np.testing.assert_equal(bench.outcome(), uninterrupted)


def test_a_signal_in_the_last_batch_or_in_validation_stops_after_the_epoch(
    bench, uninterrupted, tmp_path, capsys, at_batch
):
    bench.start(tmp_path)
    with pytest.raises(SystemExit):
        bench.fit(at_batch(1, bench.batches, send(signal.SIGTERM)))
    assert "stopped by SIGTERM after epoch 1; " in capsys.readouterr().out
    loop = bench.start(tmp_path)
    assert loop.resume()
    bench.fit()
    np.testing.assert_equal(bench.outcome(), uninterrupted)


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
    np.testing.assert_equal(bench.outcome(), uninterrupted)


def test_a_run_on_a_text_on_disk_that_was_killed_ends_like_one_in_memory(
    bench, uninterrupted, tmp_path, monkeypatch, at_batch
):
    for name, texts in (("train", 13), ("valid", 7), ("test", 7)):
        lines = "\n".join(bench.texts(texts))
        (tmp_path / f"{name}.txt").write_text(lines)

    def read():
        corpus = data.load("text", tmp_path, cache_dir=tmp_path / "cache")
        for split, shuffle in (("train", True), ("validation", False)):
            ids = getattr(corpus, split).to_ids(bench.model.tokenizer)
            monkeypatch.setattr(bench, split, bench.batches_of(ids, shuffle))

    read()
    bench.start(tmp_path / "run", save_seconds=-1.0)
    with pytest.raises(Killed):
        bench.fit(at_batch(2, 3, kill))
    read()
    loop = bench.start(tmp_path / "run")
    assert loop.resume()
    assert (loop.progress.epoch, loop.progress.batch) == (1, 2)
    bench.fit()
    np.testing.assert_equal(bench.outcome(), uninterrupted)


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
    ("action", "when"),
    [
        (kill, "before"),
        pytest.param(kill, "after", marks=pytest.mark.slow),
        pytest.param(full, "before", marks=pytest.mark.slow),
    ],
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
            np.testing.assert_equal(bench.outcome(), uninterrupted)
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
    np.testing.assert_equal(bench.outcome(), uninterrupted)


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
    np.testing.assert_equal(bench.outcome(), uninterrupted)


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
    np.testing.assert_equal(bench.outcome(), uninterrupted)


def test_a_run_whose_folder_is_replaced_writes_nothing_more(bench, tmp_path):
    folder = tmp_path / "run"
    bench.start(folder)
    shutil.move(folder, tmp_path / "moved")
    folder.mkdir()
    with pytest.raises(OSError, match="was replaced during the run"):
        bench.fit()
    assert list(folder.iterdir()) == []


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
    loop.checkpoints.save({"batch": bench.batches + 1, "totals": totals})
    assert loop.resume()
    with pytest.raises(UserError, match="an epoch has 3 batches") as caught:
        bench.fit()
    assert "\n" not in str(caught.value)


# === Pretraining as an autoencoder ===


def test_a_run_resumed_before_or_after_its_decoder_starts_over_ends_the_same(
    bench, tmp_path, at_batch
):
    def fit(*more):
        bench.fit(callbacks.DecoderRestart(1), *more)

    bench.start(tmp_path / "whole").pretrain_epochs = 1
    try:
        fit()
        whole = bench.outcome()
        assert bench.loop.progress.best_epoch == 1
        for epoch, batch in ((1, bench.batches), (2, 1)):
            bench.start(tmp_path / f"stopped_{epoch}")
            with pytest.raises(SystemExit):
                fit(at_batch(epoch, batch, send(signal.SIGINT)))
            assert bench.start(tmp_path / f"stopped_{epoch}").resume()
            fit()
            np.testing.assert_equal(bench.outcome(), whole)
    finally:
        bench.loop.pretrain_epochs = 0
