"""Measures training on a text of the user's own that may be larger than memory.

    python -m benchmarks.large_text
    python -m benchmarks.large_text --sentences=10000000 --gib_at_most=3

generates sentences in a file and starts `trainers.lm` on it twice, each time for some
steps of the first epoch. The first start encodes the text, the second finds it encoded.
After each, prints the time from the command to the end of the first step, words per
second, and the peak of the process's memory. The exit status is 1 if that exceeds
--gib_at_most.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

from analysis import command_line
from benchmarks.large_text import training
from benchmarks.large_text.sentences import random_sentences, write_lines
from trainers.cli.errors import UserError

STOPPED = 143


def main(arguments: Sequence[str] | None = None) -> int:
    """Generates, trains and prints; returns 1 if too much memory was taken."""
    options = command_line.make_parser(
        __doc__,
        sentences=(1_000_000, "number of sentences"),
        steps=(200, "training steps of each start, at least 2"),
        gib_at_most=(1.5, "peak memory that is not a failure"),
        folder=(None, "folder for the text, kept; default: a temporary one"),
    ).parse_args(arguments)
    if options.steps < 2:
        raise UserError(f"--steps={options.steps}: give at least 2")
    with tempfile.TemporaryDirectory(dir=options.folder) as temporary:
        folder = pathlib.Path(options.folder or temporary)
        text = folder / f"sentences_{options.sentences}.txt"
        if not text.exists():
            write_lines(text, random_sentences(options.sentences))
        print(f"{options.sentences} sentences, {text.stat().st_size / 1e6:.0f} MB")
        peaks = []
        for name in ("first start", "second start"):
            start, speed, peak = train(text, pathlib.Path(temporary), options.steps)
            print(f"{name}: first step after {start}; {speed}", flush=True)
            peaks.append(peak)
    return int(max(peaks) > options.gib_at_most)


def train(
    text: pathlib.Path, folder: pathlib.Path, steps: int
) -> tuple[str, str, float]:
    """Trains for some steps in a process of its own.

    Args:
        text: the sentences.
        folder: where they are encoded and the run is kept. A run there starts anew.
        steps: number of steps.

    Returns:
        The time to the end of the first step, what the process said of its speed and
        memory, and its peak memory in GiB.

    Raises:
        UserError: if the process fails.
    """
    start = time.perf_counter()
    run = tempfile.mkdtemp(dir=folder)
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", training.__name__, str(steps)),
            *("--latent=vmf", "--dataset=text", f"--data_dir={text}"),
            f"--output_dir={run}",
        ],
        stdout=subprocess.PIPE,
        text=True,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(sys.path),
            "XDG_CACHE_HOME": str(folder),
        },
    )
    first, last = "", ""
    for line in process.stdout:
        if line.startswith(training.FIRST):
            cpu = line.strip().removeprefix(f"{training.FIRST}: ")
            first = f"{time.perf_counter() - start:.0f} s ({cpu} CPU seconds)"
        elif line.startswith(training.LAST):
            last = line.strip().removeprefix(f"{training.LAST}: ")
    if process.wait() != STOPPED or not first:
        raise UserError(f"the training process ended with status {process.returncode}")
    [peak] = re.findall(r"peak memory ([\d.]+) GiB", last)
    return first, last, float(peak)


if __name__ == "__main__":
    command_line.run(main)
