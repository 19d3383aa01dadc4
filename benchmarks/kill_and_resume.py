"""Kills a training run again and again and checks that nothing is lost.

    python -m benchmarks.kill_and_resume
    python -m benchmarks.kill_and_resume --corpus=embedded
    python -m benchmarks.kill_and_resume --kills=4 --workers=2

A run with the default flags of `trainers.lm`, on generated text unless told otherwise,
is killed with SIGKILL at moments that are spread over the whole of it, and each time
started again by the same command: while it starts, within epochs, while a checkpoint,
the best model or the metrics are written, and between them, the end of the first epoch
included.
It must never end by itself, and what it ends with is held against a run that was left
alone: on one device weights, optimizer, noise, the best model and the bounds of every
epoch and every part must be the same bit by bit; on several workers, of which one is
killed and the others have to end by themselves, the same to 1e-5.
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

# Seconds in which a worker has to notice that another one is gone.
BOUND = 120
# Until a moment has come; a run does nothing for so long.
PATIENCE = 3600
# Moments that leave the run in the epoch where it was, those that let it go on by one,
# those once the epochs are done, and the only one of a run that is finished.
STAYING = ("start", "epoch", "checkpoint begun", "restored")
GOING_ON = ("checkpoint written", "model begun", "model written")
ENDING = ("evaluation", "metrics begun")
FINISHED = "report"
_SPEED = {"words_per_second"}
# Codes go round within a replica for it.
_GAIN = {"val_code_gain"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs, kills and compares.

    Raises:
        AssertionError: if anything is lost.
    """
    options = command_line.make_parser(
        __doc__,
        kills=(30, "how often to kill the run"),
        corpus=("generated", "what the run learns: generated or embedded"),
        workers=(1, "processes on this machine"),
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
        _check(alone.wait() == 0, "the run that is left alone fails")
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
                print(f"{moment} was missed: the run came to its end")
                continue
            killed_at[moment] += 1
            print(
                f"kill {killed_at.total()}, {moment}: after {done} epochs, now "
                f"{_epochs(folder / 'killed')}"
            )
        last = _start(folder, "killed", options, options.workers)
        _check(not any([process.wait() for process in last]), "the last run fails")
        compare(folder / "alone", folder / "killed", exact=options.workers == 1)
    moments = ", ".join(f"{moment} {n}" for moment, n in sorted(killed_at.items()))
    print(f"{options.kills} kills ({moments}), nothing lost")


def _choose(rng, kills, number, done, epochs):
    """The moment of a kill, such that they are spread evenly over the epochs."""
    if done >= epochs:
        return rng.choice(ENDING)
    left = kills - len(ENDING)
    behind = done * left < number * epochs
    # The first ones are the end of the first epoch, in every way there is.
    early = ["start", "epoch", *["checkpoint begun"] * 2, "checkpoint written"]
    early += ["restored", "model begun", "model written"]
    if number < len(early):
        return early[number]
    return rng.choice(GOING_ON if behind else STAYING)


def _kill_once(folder, options, moment, rng, epoch_seconds):
    """Kills a run at a moment; returns whether it did, or the run was faster."""
    run = folder / "killed"
    before = _seen(run)
    processes = _start(folder, "killed", options, options.workers)
    chief = processes[0]
    # Workers wait for those that have never been there.
    if moment in ("epoch", "evaluation", FINISHED) or options.workers > 1:
        _wait_for_folder(chief)
    if moment == "start":
        time.sleep(rng.uniform(0, 10))
    elif moment in ("epoch", "evaluation", FINISHED):
        time.sleep(rng.uniform(0, epoch_seconds))
    else:
        limit = time.monotonic() + PATIENCE
        while chief.poll() is None and not _has_come(moment, before, _seen(run)):
            _check(time.monotonic() < limit, f"{moment} never comes")
            time.sleep(0.001)
        time.sleep(rng.choice([0, rng.uniform(0, 0.02)]))
    ended = [process.poll() for process in processes]
    if any(status is not None for status in ended):
        _check(not any(ended), f"the run ends by itself before {moment}: {ended}")
        _check(not any(process.wait() for process in processes), "a worker fails")
        return False
    victim = rng.choice(processes)
    victim.kill()
    others = [process.wait(BOUND) for process in processes if process is not victim]
    victim.wait()
    _check(0 not in others, "a worker ends as if all was well")
    return True


def _wait_for_folder(process):
    """Until the run names its folder: workers, text and flags are known by then."""
    for line in process.stdout:
        if line.startswith("run folder"):
            break


def _seen(run):
    """What is being written and what was: partial files, checkpoints, the model."""
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
    # The best model is then saved once more, if it is that of the last epoch.
    if moment == "restored":
        return now["model"] != before["model"] or now["begun"] != before["begun"]
    # Of models only the next epoch's counts.
    if what == "model" and now["checkpoint"] == before["checkpoint"]:
        before["model"] = now["model"]
        return False
    if how == "begun":
        file = {"checkpoint": "-state-", "model": "-model.keras"}.get(what, what)
        return any(file in name for name in now["begun"] - before["begun"])
    return now[what] != before[what]


def _start(folder, name, options, workers):
    """Starts the run `name` below `folder` as so many processes."""
    arguments = [f"--output_dir={folder / name}"]
    if options.corpus == "generated":
        arguments += ["--dataset=text", f"--data_dir={folder / 'text.txt'}"]
    # Replicas differ in their dropout's noise, and in their sums by rounding.
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
        _check(arrays.keys() == expected.keys(), "an array is lost")
        for name in arrays:
            np.testing.assert_allclose(arrays[name], expected[name], **tolerance)
    metrics, expected = _metrics(other), _metrics(one)
    _check(len(metrics["history"]) == len(expected["history"]), "an epoch is lost")
    _check(metrics["best_epoch"] == expected["best_epoch"], "another epoch is the best")
    pairs = [*zip(metrics["history"], expected["history"], strict=True)]
    if exact:
        pairs += [(metrics[split], expected[split]) for split in ("train", "test")]
    for logs, logs_expected in pairs:
        _check(logs.keys() == logs_expected.keys(), "a bound is lost")
        for name in logs.keys() - (_SPEED if exact else _SPEED | _GAIN):
            np.testing.assert_allclose(logs[name], logs_expected[name], **tolerance)


def _text():
    """Sentences of three lengths."""
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
    """How many epochs the newest checkpoint knows of."""
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


def _check(holds, otherwise):
    if not holds:
        raise AssertionError(otherwise)


if __name__ == "__main__":
    command_line.run(main)
