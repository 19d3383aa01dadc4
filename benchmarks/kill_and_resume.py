"""Kills a training run again and again and checks that nothing is lost.

    python -m benchmarks.kill_and_resume
    python -m benchmarks.kill_and_resume --corpus=embedded
    python -m benchmarks.kill_and_resume --kills=4 --workers=2

Kills a run of `trainers.lm` with SIGKILL at moments spread over the whole run, and
starts it again each time with the same command. The moments are the start, the middle
of epochs, the writing of a checkpoint, of the best model and of the metrics, and the
times between these, including those at the end of the first epoch. The run has default
flags and, by default, learns generated text.

The run must never fail, and is compared with one that was left alone. On one device,
weights, optimiser, noise, the best model and the bounds of every epoch and split must
agree bit for bit. With several workers, one is killed and the others must stop by
themselves; then the results must agree to 1e-5.
"""

import collections
import io
import itertools
import json
import pathlib
import random
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence

import h5py
import numpy as np

from analysis import command_line
from benchmarks import local_workers
from trainers.cli.errors import UserError

CORPORA = ("generated", "embedded")

# Seconds within which a worker must stop after another one was killed.
BOUND = 120
# Seconds to wait for a moment to come.
PATIENCE = 3600
# Moments in which a killed run stays in its epoch, in which it advances by one, after
# the last epoch, and after the end of the run.
STAYING = ("start", "epoch", "checkpoint begun", "restored")
GOING_ON = ("checkpoint written", "model begun", "model written")
ENDING = ("evaluation", "metrics begun")
FINISHED = "report"
_SPEED = {"words_per_second"}
# It swaps codes within a replica, so it depends on the number of replicas.
_GAIN = {"val_code_gain"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs, kills and compares the runs.

    Raises:
        AssertionError: if anything is lost.
    """
    options = command_line.make_parser(
        __doc__,
        kills=(30, "how often to kill the run"),
        corpus=("generated", "corpus of the run: generated or embedded"),
        workers=(1, "number of worker processes"),
        seed=(1, "seed of the moments"),
    ).parse_args(arguments)
    if options.corpus not in CORPORA:
        raise UserError(f"--corpus={options.corpus}: choose {' or '.join(CORPORA)}")
    sys.stdout.reconfigure(line_buffering=True)
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "text.txt").write_text(_text())
        started = time.monotonic()
        [alone] = _start(folder, "alone", options, workers=1)
        _check(alone.wait() == 0, "the run that was left alone failed")
        seconds = time.monotonic() - started
        epochs = len(_metrics(folder / "alone")["history"])
        print(f"left alone: {seconds:.0f} s, {epochs} epochs")
        killed_at = collections.Counter()
        while killed_at.total() < options.kills:
            done = _epochs(folder / "killed")
            moment = _choose(rng, options.kills, killed_at.total(), done, epochs)
            if (folder / "killed" / "metrics.json").exists():
                moment = FINISHED
            if not _kill_once(folder, options, moment, rng, seconds / epochs):
                print(f"{moment} was missed: the run ended before it")
                continue
            killed_at[moment] += 1
            print(
                f"kill {killed_at.total()}, {moment}: after {done} epochs, now "
                f"{_epochs(folder / 'killed')}"
            )
        last = _start(folder, "killed", options, options.workers)
        _check(not any([process.wait() for process in last]), "the last run failed")
        compare(folder / "alone", folder / "killed", exact=options.workers == 1)
    moments = ", ".join(f"{moment} {n}" for moment, n in sorted(killed_at.items()))
    print(f"{options.kills} kills ({moments}), nothing lost")


def _choose(rng, kills, number, done, epochs):
    """Chooses the moment of a kill so that kills are spread evenly over the epochs."""
    if done >= epochs:
        return rng.choice(ENDING)
    left = kills - len(ENDING)
    behind = done * left < number * epochs
    # The first kills are at every possible moment around the end of the first epoch.
    early = ["start", "epoch", *["checkpoint begun"] * 2, "checkpoint written"]
    early += ["restored", "model begun", "model written"]
    if number < len(early):
        return early[number]
    return rng.choice(GOING_ON if behind else STAYING)


def _kill_once(folder, options, moment, rng, epoch_seconds):
    """Starts the run and kills it; returns `False` if it ended before the moment."""
    run = folder / "killed"
    before = _seen(run)
    processes = _start(folder, "killed", options, options.workers)
    chief = processes[0]
    # Workers wait until all have started once.
    if moment in ("epoch", "evaluation", FINISHED) or options.workers > 1:
        _wait_for_folder(chief)
    if moment == "start":
        time.sleep(rng.uniform(0, 10))
    elif moment in ("epoch", "evaluation", FINISHED):
        time.sleep(rng.uniform(0, epoch_seconds))
    else:
        limit = time.monotonic() + PATIENCE
        while chief.poll() is None and not _has_come(moment, before, _seen(run)):
            _check(time.monotonic() < limit, f"{moment} never came")
            time.sleep(0.001)
        time.sleep(rng.choice([0, rng.uniform(0, 0.02)]))
    ended = [process.poll() for process in processes]
    if any(status is not None for status in ended):
        _check(not any(ended), f"the run failed before {moment}: {ended}")
        _check(not any(process.wait() for process in processes), "a worker failed")
        return False
    victim = rng.choice(processes)
    victim.kill()
    others = [process.wait(BOUND) for process in processes if process is not victim]
    victim.wait()
    _check(0 not in others, "a worker ended as if nothing had happened")
    return True


def _wait_for_folder(process):
    """Waits until the run names its folder: then it has its workers, text and flags."""
    for line in process.stdout:
        if line.startswith("run folder"):
            break


def _seen(run):
    """Returns which files are being written, and which have been."""
    partial = [*run.glob(".partial-*"), *run.glob("checkpoints/.partial-*")]
    try:
        model = (run / "model.keras").stat().st_mtime_ns
    except FileNotFoundError:
        model = None
    return {
        "begun": {file.name for file in partial},
        "checkpoint": _steps(run),
        "model": model,
    }


def _has_come(moment, before, now):
    what, _, how = moment.partition(" ")
    # If its last epoch was the best, a restored run saves the model once more.
    if moment == "restored":
        return now["model"] != before["model"] or now["begun"] != before["begun"]
    # A model that is saved before the next checkpoint does not count.
    if what == "model" and now["checkpoint"] == before["checkpoint"]:
        before["model"] = now["model"]
        return False
    if how == "begun":
        file = {"checkpoint": "-state-", "model": "-model.keras"}.get(what, what)
        return any(file in name for name in now["begun"] - before["begun"])
    return now[what] != before[what]


def _start(folder, name, options, workers):
    """Starts the run `folder / name`; returns its processes."""
    arguments = [f"--output_dir={folder / name}"]
    if options.corpus == "generated":
        arguments += ["--dataset=text", f"--data_dir={folder / 'text.txt'}"]
    # With dropout, the noise would depend on the number of replicas.
    if options.workers > 1:
        arguments.append("--dropout=0")
    return local_workers.start(arguments, workers)


def compare(one: pathlib.Path, other: pathlib.Path, exact: bool) -> None:
    """Compares the ends of two runs.

    Raises:
        AssertionError: if they differ.
    """
    tolerance = {"rtol": 0, "atol": 0} if exact else {"rtol": 1e-5, "atol": 1e-6}
    for read in (_state, _best_model):
        arrays, expected = read(other), read(one)
        _check(arrays.keys() == expected.keys(), "an array was lost")
        for name in arrays:
            np.testing.assert_allclose(arrays[name], expected[name], **tolerance)
    metrics, expected = _metrics(other), _metrics(one)
    _check(len(metrics["history"]) == len(expected["history"]), "an epoch was lost")
    _check(metrics["best_epoch"] == expected["best_epoch"], "the best epoch differs")
    pairs = [*zip(metrics["history"], expected["history"], strict=True)]
    if exact:
        pairs += [(metrics[split], expected[split]) for split in ("train", "test")]
    for logs, logs_expected in pairs:
        _check(logs.keys() == logs_expected.keys(), "a bound was lost")
        for name in logs.keys() - (_SPEED if exact else _SPEED | _GAIN):
            np.testing.assert_allclose(logs[name], logs_expected[name], **tolerance)


def _text():
    """Returns sentences of three lengths."""
    parts = (
        "the a",
        "cat dog bird owl fox cow hen bee",
        "sees hears likes finds",
        "it them us her him",
    )
    lines = [" ".join(words) for words in itertools.product(*map(str.split, parts))]
    longer = [f"{line} again" for line in lines]
    return "\n".join([*lines, *longer, *(f"{line} and again" for line in longer)])


def _steps(run):
    files = run.glob("checkpoints/state-*.npz")
    return max((int(file.stem.removeprefix("state-")) for file in files), default=0)


def _epochs(run):
    """Returns the number of epochs in the newest checkpoint."""
    number = _steps(run)
    if not number:
        return 0
    with np.load(run / "checkpoints" / f"state-{number}.npz") as content:
        return json.loads(content["notes"].item())["epoch"]


def _state(run):
    with np.load(run / "checkpoints" / f"state-{_steps(run)}.npz") as content:
        return {name: content[name] for name in content.files if name != "notes"}


def _best_model(run):
    arrays = {}

    def note(name, each):
        if isinstance(each, h5py.Dataset):
            arrays[name] = each[()]

    with zipfile.ZipFile(run / "model.keras") as archive:
        content = io.BytesIO(archive.read("model.weights.h5"))
    with h5py.File(content) as weights:
        weights.visititems(note)
    return arrays


def _metrics(run):
    return json.loads((run / "metrics.json").read_text())


def _check(holds, message):
    if not holds:
        raise AssertionError(message)


if __name__ == "__main__":
    command_line.run(main)
