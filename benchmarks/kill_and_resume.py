"""Kills a training run at random moments and checks that nothing is lost.

    python -m benchmarks.kill_and_resume --kills=10
    python -m benchmarks.kill_and_resume --kills=4 --workers=2

A small run on generated text, which saves after every batch, is killed with SIGKILL so
many times, at random moments from its first line on, saving included, and each time
started again by the same command. Its end is held against that of a run that was left
alone: on one device weights, optimiser, noise and the bounds of every epoch must be the
same bit by bit; on several workers, of which one is killed and the others have to end
by themselves, the same to 1e-5.
"""

import itertools
import json
import pathlib
import random
import tempfile
import time

import numpy as np
from absl import app, flags

from benchmarks import local_workers

KILLS = flags.DEFINE_integer("kills", 10, "How many times.", 0)
WORKERS = flags.DEFINE_integer("workers", 1, "Processes on this machine.", 1)
EPOCHS = flags.DEFINE_integer("epochs", 6, "Epochs of the run.", 1)
SEED = flags.DEFINE_integer("seed", 1, "Seed of the moments.")

# Seconds in which a worker has to notice that another one is gone.
BOUND = 120
_SPEED = {"words_per_second"}
# Codes go round within a replica for it.
_GAIN = {"val_code_gain"}


def main(_) -> None:
    """Runs, kills, compares; the exit status says whether all was well."""
    rng = random.Random(SEED.value)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "text.txt").write_text(_text())
        alone = _start(folder, "alone", workers=1)
        started = time.monotonic()
        _check(alone[0].wait() == 0, "the run that is left alone fails")
        seconds = time.monotonic() - started
        print(f"left alone: {seconds:.0f} s, {_steps(folder / 'alone')} checkpoints")
        for number in range(1, KILLS.value + 1):
            _kill_once(folder, number, rng)
        last = _start(folder, "killed", WORKERS.value)
        _check(not any([process.wait() for process in last]), "the last run fails")
        compare(folder / "alone", folder / "killed", exact=WORKERS.value == 1)
    print(f"{KILLS.value} kills, nothing lost")


def _kill_once(folder, number, rng):
    processes = _start(folder, "killed", WORKERS.value)
    # From its first line on, or once it has saved a few times more.
    processes[0].stdout.readline()
    before, more = _steps(folder / "killed"), rng.randrange(4)
    while processes[0].poll() is None and _steps(folder / "killed") < before + more:
        time.sleep(0.01)
    time.sleep(rng.uniform(0, 0.05 if more else 5.0))
    victim = rng.choice(processes)
    victim.kill()
    killed = time.monotonic()
    others = [process.wait(BOUND) for process in processes if process is not victim]
    took = f", the others ended after {time.monotonic() - killed:.0f} s" * bool(others)
    print(f"kill {number}: {_steps(folder / 'killed')} checkpoints{took}")
    _check(0 not in others, "a worker ends as if all was well")


def _start(folder, name, workers):
    """Starts the run `name` below `folder` as so many processes."""
    arguments = [
        *("--dataset=text", f"--data_dir={folder / 'text.txt'}", "--save_seconds=0"),
        *(f"--output_dir={folder / name}", f"--epochs={EPOCHS.value}", "--patience=0"),
        *("--batch_size=16", "--latent_dim=10", "--hidden_dim=8", "--embedding_dim=8"),
        # Replicas differ in their dropout's noise, and in their sums by rounding.
        f"--dropout={0.2 if WORKERS.value == 1 else 0.0}",
    ]
    return local_workers.start(arguments, workers)


def compare(one: pathlib.Path, other: pathlib.Path, exact: bool) -> None:
    """Compares the ends of two runs.

    Raises:
        AssertionError: if they differ.
    """
    tolerance = {"rtol": 0, "atol": 0} if exact else {"rtol": 1e-5, "atol": 1e-6}
    for array, expected in zip(_state(other), _state(one), strict=True):
        np.testing.assert_allclose(array, expected, **tolerance)
    history, expected = _history(other), _history(one)
    _check(len(history) == EPOCHS.value, "an epoch is lost")
    for logs, logs_expected in zip(history, expected, strict=True):
        for name in logs.keys() - (_SPEED if exact else _SPEED | _GAIN):
            np.testing.assert_allclose(logs[name], logs_expected[name], **tolerance)


def _text():
    """Four hundred sentences of three lengths."""
    parts = ("the a", "cat dog bird owl fox", "sees hears likes", "it them us her him")
    lines = [" ".join(words) for words in itertools.product(*map(str.split, parts))]
    longer = [f"{line} again" for line in lines]
    return "\n".join([*lines, *longer, *(f"{line} and again" for line in longer)])


def _steps(folder):
    files = folder.glob("checkpoints/state-*.npz")
    return max((int(file.stem.removeprefix("state-")) for file in files), default=0)


def _state(folder):
    with np.load(folder / "checkpoints" / f"state-{_steps(folder)}.npz") as content:
        return [content[name] for name in sorted(content.files) if name != "notes"]


def _history(folder):
    return json.loads((folder / "metrics.json").read_text())["history"]


def _check(holds, otherwise):
    if not holds:
        raise AssertionError(otherwise)


if __name__ == "__main__":
    app.run(main)
