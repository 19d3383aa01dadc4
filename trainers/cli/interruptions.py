"""Ctrl-C and SIGTERM, from a program's first moment to its last."""

import contextlib
import os
import signal
from collections.abc import Iterator

# The line that a user reads of each.
MESSAGES = {signal.SIGINT: "interrupted", signal.SIGTERM: "stopped by SIGTERM"}

_stderr = 2


class Terminated(BaseException):
    """SIGTERM, where there is work to clean up after; as Ctrl-C no `Exception`."""


def end_at_once() -> None:
    """Has either signal end the process there and then, with its line and status.

    For when nothing has been begun that could be left half-done: an exception raised
    in the middle of an import ends in a traceback, or is lost.
    """
    _handle(dict.fromkeys(MESSAGES, _end))


def raise_errors() -> None:
    """Has Ctrl-C raise KeyboardInterrupt and SIGTERM `Terminated`."""
    _handle({signal.SIGINT: signal.default_int_handler, signal.SIGTERM: _raise})


@contextlib.contextmanager
def ending_at_once(stderr: int) -> Iterator[None]:
    """Within its `with`, signals do as after `end_at_once`, then as before.

    Args:
        stderr: the open file that the line is written to.
    """
    global _stderr
    standard, _stderr = _stderr, stderr
    try:
        with _handled(dict.fromkeys(MESSAGES, _end)):
            yield
    finally:
        _stderr = standard


@contextlib.contextmanager
def left_to_the_system() -> Iterator[None]:
    """Within its `with`, signals end the process at once and without a word.

    For native code that may wait for ever: Python sees a signal only between its
    calls.
    """
    with _handled(dict.fromkeys(MESSAGES, signal.SIG_DFL)):
        yield


@contextlib.contextmanager
def _handled(handlers):
    before = {number: signal.getsignal(number) for number in handlers}
    _handle(handlers)
    try:
        yield
    finally:
        _handle(before)


def _handle(handlers):
    for number, handler in handlers.items():
        # A program in the background may have been told to ignore Ctrl-C; what Python
        # did not set, which is None, it cannot set again.
        if signal.getsignal(number) is not signal.SIG_IGN and handler is not None:
            signal.signal(number, handler)


def _end(number, _):
    with contextlib.suppress(OSError):
        os.write(_stderr, f"error: {MESSAGES[signal.Signals(number)]}\n".encode())
    os._exit(128 + number)


def _raise(number, _):
    raise Terminated
