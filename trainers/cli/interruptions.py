"""Ctrl-C and SIGTERM, from the start of a program to its end."""

import contextlib
import os
import signal
from collections.abc import Iterator

# The line that the user reads after each signal.
MESSAGES = {signal.SIGINT: "interrupted", signal.SIGTERM: "stopped by SIGTERM"}

_stderr = 2


class Terminated(BaseException):
    """SIGTERM, raised where there is something to clean up.

    Like KeyboardInterrupt it is not an `Exception`.
    """


def end_at_once() -> None:
    """Makes both signals end the process at once, with their line and status.

    This is for when nothing can be left half done. An exception in the middle of an
    import would end in a traceback, or be lost.
    """
    _handle(dict.fromkeys(MESSAGES, _end))


def raise_errors() -> None:
    """Makes Ctrl-C raise KeyboardInterrupt, and SIGTERM `Terminated`."""
    _handle({signal.SIGINT: signal.default_int_handler, signal.SIGTERM: _raise})


@contextlib.contextmanager
def ending_at_once(stderr: int) -> Iterator[None]:
    """Makes both signals end the process at once within its `with`.

    Args:
        stderr: the open file that the signal's line is written to.
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
    """Makes both signals end the process at once and in silence within its `with`.

    This is for native code that may never return: Python handles a signal only between
    its own instructions.
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
        # A program in the background may have to ignore Ctrl-C. A handler that was not
        # set from Python is None and cannot be set again.
        if signal.getsignal(number) is not signal.SIG_IGN and handler is not None:
            signal.signal(number, handler)


def _end(number, _):
    with contextlib.suppress(OSError):
        os.write(_stderr, f"error: {MESSAGES[signal.Signals(number)]}\n".encode())
    os._exit(128 + number)


def _raise(number, _):
    raise Terminated
