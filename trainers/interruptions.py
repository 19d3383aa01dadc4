"""Ctrl-C and SIGTERM, from a program's first moment to its last, in one line each."""

import contextlib
import os
import signal
from collections.abc import Iterator

# What a user reads of each.
MESSAGES = {signal.SIGINT: "interrupted", signal.SIGTERM: "stopped by SIGTERM"}

_stderr = 2


class Terminated(BaseException):
    """SIGTERM, where work has to be cleaned up after; no `Exception`, as Ctrl-C."""


def end_at_once() -> None:
    """Has either signal end the process there and then, with its line and status.

    For when nothing has been begun that could be left half-done: an exception raised
    in the middle of an import ends in a traceback, or is lost.
    """
    _handle(dict.fromkeys(MESSAGES, _end))


def raise_errors() -> None:
    """Has Ctrl-C raise KeyboardInterrupt and SIGTERM `Terminated`."""
    _handle({signal.SIGINT: signal.default_int_handler, signal.SIGTERM: _raise})


def status(number: int) -> int:
    """Returns the exit status of a program that a signal ended.

    >>> status(signal.SIGINT), status(signal.SIGTERM)
    (130, 143)
    """
    return 128 + number


@contextlib.contextmanager
def ending_at_once(stderr: int) -> Iterator[None]:
    """Within its `with`, signals do as after `end_at_once`, then as before.

    Args:
        stderr: the open file that the line is written to.
    """
    global _stderr
    before = {number: signal.getsignal(number) for number in MESSAGES}
    standard, _stderr = _stderr, stderr
    end_at_once()
    try:
        yield
    finally:
        _handle(before)
        _stderr = standard


def _handle(handlers):
    for number, handler in handlers.items():
        # A program in the background may have been told to ignore Ctrl-C.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _end(number, _):
    with contextlib.suppress(OSError):
        os.write(_stderr, f"error: {MESSAGES[signal.Signals(number)]}\n".encode())
    os._exit(status(number))


def _raise(number, _):
    raise Terminated
