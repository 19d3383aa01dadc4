"""Runs `trainers.lm`, watches its first steps and stops it.

    python -m benchmarks.large_text.training STEPS [flags of trainers.lm]

When the first step is done it prints the CPU seconds so far; after `STEPS` steps, how
fast the second half of them was and the peak of the process's memory. Then it sends
itself SIGTERM.
"""

import runpy
import signal
import sys
import time

import numpy as np

from benchmarks.memory import peak_memory
from trainers.cli import program

# What the lines begin with.
FIRST, LAST = "first step", "speed"


class Watch:
    """Counts steps and words, and prints what there is to say.

    Args:
        steps: step after which the process gets SIGTERM.
    """

    def __init__(self, steps: int):
        self._steps = steps
        self._count = self._words = 0
        self._start = None

    def add(self, words: float) -> None:
        """Counts a step and its words."""
        self._count += 1
        if self._count == 1:
            print(f"{FIRST}: {time.process_time():.0f}", flush=True)
        if self._count == self._steps // 2:
            self._start = time.perf_counter(), time.process_time()
        elif self._count > self._steps // 2:
            self._words += words
        if self._count == self._steps:
            self._finish()

    def _finish(self):
        now = time.perf_counter(), time.process_time()
        seconds, cpu_seconds = np.subtract(now, self._start)
        print(
            f"{LAST}: {self._words / seconds:.0f} words/s, "
            f"{self._words / cpu_seconds:.0f} words per CPU second; "
            f"peak memory {peak_memory():.2f} GiB",
            flush=True,
        )
        signal.raise_signal(signal.SIGTERM)


def main(arguments: list[str]) -> None:
    """Runs the program."""
    steps, *flags = arguments
    watch = Watch(int(steps))
    with program.importing_tensorflow():
        from trainers.training import loop

    class WatchedProgress(loop.Progress):
        """Progress that a `Watch` sees."""

        def add_batch(self, sums, seconds):
            super().add_batch(sums, seconds)
            watch.add(sums["words"])

    loop.Progress = WatchedProgress
    sys.argv[1:] = flags
    runpy.run_module("trainers.lm", run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
