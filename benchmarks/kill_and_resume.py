"""Kills a training run at random moments and checks that nothing is lost.

    python -m benchmarks.kill_and_resume --kills=10
    python -m benchmarks.kill_and_resume --kills=4 --workers=2

A small run on generated text, which saves after every batch, is killed with SIGKILL at
random moments, perhaps while it is saving, and started again with the same command each
time. In the end it is compared with an undisturbed run. On one device weights,
optimiser, random state and the bounds of every epoch must be identical. With several
workers, one is killed and the others have to end by themselves; then the results must
agree to 1e-5.
"""

import argparse
import itertools
import json
import pathlib
import random
import subprocess
import tempfile
import time
from collections.abc import Sequence

import numpy as np

from analysis import command_line
from benchmarks import local_workers

# Seconds in which the other workers have to notice that one is gone.
BOUND = 120
# Figures that differ between identical runs.
_SPEED = {"words_per_second"}
# The code gain permutes codes within a replica: it depends on how many there are.
_GAIN = {"val_code_gain"}


def main(arguments: Sequence[str] | None = None) -> None:
    """Runs, kills and compares.

    Raises:
        AssertionError: if anything is lost.
    """
    options = command_line.make_parser(
        __doc__,
        kills=(10, "how often to kill the run"),
        workers=(1, "processes on this machine"),
        epochs=(6, "epochs of the run"),
        seed=(1, "seed of the random moments"),
    ).parse_args(arguments)
    rng = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "text.txt").write_text(_text())
        [undisturbed] = _start(folder / "undisturbed", options, workers=1)
        started = time.monotonic()
        _check(undisturbed.wait() == 0, "the undisturbed run fails")
        seconds = time.monotonic() - started
        steps = _steps(folder / "undisturbed")
        print(f"undisturbed: {seconds:.0f} s, {steps} checkpoints")
        for number in range(1, options.kills + 1):
            _kill_once(folder / "killed", options, number, rng)
        last = _start(folder / "killed", options, options.workers)
        _check(not any([process.wait() for process in last]), "the last run fails")
        one_device = options.workers == 1
        compare(folder / "undisturbed", folder / "killed", exact=one_device)
    print(f"{options.kills} kills, nothing lost")


def compare(one: pathlib.Path, other: pathlib.Path, exact: bool) -> None:
    """Compares the final states of two runs.

    Args:
        one: folder of a run.
        other: folder of another run.
        exact: whether they must be identical rather than agree to 1e-5.

    Raises:
        AssertionError: if they differ.
    """
    tolerance = {"rtol": 0, "atol": 0} if exact else {"rtol": 1e-5, "atol": 1e-6}
    for array, expected in zip(_state(other), _state(one), strict=True):
        np.testing.assert_allclose(array, expected, **tolerance)
    history, expected = _history(other), _history(one)
    _check(len(history) == len(expected), "an epoch is lost")
    for logs, logs_expected in zip(history, expected, strict=True):
        for name in logs.keys() - (_SPEED if exact else _SPEED | _GAIN):
            np.testing.assert_allclose(logs[name], logs_expected[name], **tolerance)


def _start(
    run: pathlib.Path, options: argparse.Namespace, workers: int
) -> list[subprocess.Popen]:
    """Starts a run in a folder, or resumes it."""
    # Replicas have different dropout noise, so several workers train without.
    dropout = 0.2 if options.workers == 1 else 0.0
    arguments = [
        *("--dataset=text", f"--data_dir={run.parent / 'text.txt'}"),
        *(f"--output_dir={run}", "--save_seconds=0"),
        *(f"--epochs={options.epochs}", "--patience=0", f"--dropout={dropout}"),
        *("--batch_size=16", "--latent_dim=10", "--hidden_dim=8", "--embedding_dim=8"),
    ]
    return local_workers.start(arguments, workers)


def _kill_once(
    run: pathlib.Path, options: argparse.Namespace, number: int, rng: random.Random
) -> None:
    processes = _start(run, options, options.workers)
    # Waits for its first line and for up to three checkpoints, then a moment more.
    processes[0].stdout.readline()
    before, more = _steps(run), rng.randrange(4)
    while processes[0].poll() is None and _steps(run) < before + more:
        time.sleep(0.01)
    time.sleep(rng.uniform(0, 0.05 if more else 5.0))
    victim = rng.choice(processes)
    victim.kill()
    killed = time.monotonic()
    others = [process.wait(BOUND) for process in processes if process is not victim]
    took = f", the others ended after {time.monotonic() - killed:.0f} s" * bool(others)
    print(f"kill {number}: {_steps(run)} checkpoints{took}")
    _check(0 not in others, "a worker ends as if nothing had happened")


def _text() -> str:
    """Returns 450 sentences of three lengths."""
    parts = ("the a", "cat dog bird owl fox", "sees hears likes", "it them us her him")
    lines = [" ".join(words) for words in itertools.product(*map(str.split, parts))]
    longer = [f"{line} again" for line in lines]
    return "\n".join([*lines, *longer, *(f"{line} and again" for line in longer)])


def _steps(folder: pathlib.Path) -> int:
    """Returns the number of the last checkpoint, 0 if there is none."""
    files = folder.glob("checkpoints/state-*.npz")
    return max((int(file.stem.removeprefix("state-")) for file in files), default=0)


def _state(folder: pathlib.Path) -> list[np.ndarray]:
    """Returns the arrays of the last checkpoint."""
    with np.load(folder / "checkpoints" / f"state-{_steps(folder)}.npz") as content:
        return [content[name] for name in sorted(content.files) if name != "notes"]


def _history(folder: pathlib.Path) -> list[dict]:
    return json.loads((folder / "metrics.json").read_text())["history"]


def _check(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)


if __name__ == "__main__":
    command_line.run(main)
