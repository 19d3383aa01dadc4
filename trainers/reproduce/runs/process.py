"""Runs one command at a time, and stops it in an orderly way."""

import contextlib
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from trainers.cli.interruptions import Terminated
from trainers.reproduce.runs.forked_program import ForkedProgram


def run_process(
    program: str,
    arguments: Sequence[str],
    output: Path | None = None,
    forked: bool = False,
) -> int:
    """Runs a program of this package; returns its exit status.

    Its output passes through. If this process is interrupted or terminated, the program
    is stopped in the same way, and has ended when the exception goes on.

    Args:
        program: its name, such as "lm".
        arguments: its arguments.
        output: a file that its standard output goes to instead.
        forked: whether it may be a `ForkedProgram`, which starts sooner.
    """
    if forked and sys.platform == "linux":
        process = ForkedProgram(program, arguments, output)
    else:
        process = _process(program, arguments, output)
    stopped = None
    while True:
        try:
            status = process.wait()
            break
        except (KeyboardInterrupt, Terminated) as error:
            stopped = stopped or error
            interrupted = isinstance(error, KeyboardInterrupt)
            process.send_signal(signal.SIGINT if interrupted else signal.SIGTERM)
    if stopped:
        raise stopped
    return status


def _process(program, arguments, output):
    with contextlib.ExitStack() as stack:
        stdout = output and stack.enter_context(output.open("wb"))
        # In a session of its own it does not get the terminal's Ctrl-C in addition: of
        # two signals, the second would stop it before it has saved its state.
        return subprocess.Popen(
            [sys.executable, "-m", f"trainers.{program}", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            start_new_session=True,
        )


def describe_status(status: int) -> str:
    """Returns an exit status in words.

    >>> describe_status(2), describe_status(-9)
    ('exit status 2', 'killed by SIGKILL')
    """
    if status < 0:
        return f"killed by {signal.Signals(-status).name}"
    return f"exit status {status}"
