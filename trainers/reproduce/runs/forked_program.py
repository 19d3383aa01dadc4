"""Programs in copies of a process that has imported the library."""

import multiprocessing
import os
import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

# What the process to copy imports.
PRELOADED = "trainers.reproduce.runs.preload"


class ForkedProgram:
    """A program of this package, started in a copy of a process.

    That process, which the first program starts, has imported TensorFlow and the
    library but used neither, so it has no state. A copy of it starts seconds sooner
    than a new process. This is for Linux alone: elsewhere libraries that TensorFlow
    uses do not survive being copied.

    Args:
        program: its name, such as "lm".
        arguments: its arguments.
        output: a file for its standard output; by default it passes through.
    """

    def __init__(
        self, program: str, arguments: Sequence[str], output: Path | None = None
    ):
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([PRELOADED])
        self._process = context.Process(
            target=_run, args=(program, list(arguments), output)
        )
        self._process.start()

    def wait(self) -> int:
        """Waits until it ends; returns its exit status, -n if signal n killed it."""
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Sends it a signal, unless it has ended."""
        if self._process.is_alive():
            os.kill(self._process.pid, number)


def _run(program, arguments, output):
    if output is not None:
        opened = os.open(output, os.O_WRONLY)
        os.dup2(opened, 1)
        os.close(opened)
    sys.argv = [program, *arguments]
    runpy.run_module(f"trainers.{program}", run_name="__main__", alter_sys=True)
