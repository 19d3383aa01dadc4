"""Standard input, output and error, also where they are closed, full or not UTF-8."""

import io
import os
import sys

OUTPUT = "standard output"


def prepare() -> bool:
    """Makes the three streams fit for use, in whatever state the process got them.

    What was closed is opened as the null device: otherwise the next file that is
    opened would get its number, and what is printed would be written into that file.
    Lines of output show at once, also in a pipe; characters that the output's encoding
    lacks are shown as escapes; an error of writing names the standard output.

    Returns:
        Whether what is printed goes anywhere: whether standard output was open.
    """
    was_open = [_opened(number) for number in range(3)]
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False))
    # What is not UTF-8 comes through, so that whoever reads it can say where it is.
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape", newline="")
    if sys.stderr is None:
        nowhere = io.FileIO(2, "w", closefd=False)
        sys.stderr = io.TextIOWrapper(nowhere, errors="backslashreplace")
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(_Output(1, "w", closefd=False)),
        encoding=sys.stdout.encoding if sys.stdout else "utf-8",
        errors="backslashreplace",
        line_buffering=True,
    )
    return was_open[1]


def finish_output() -> None:
    """Writes what is still to be written, as far as it can be."""
    try:
        sys.stdout.flush()
    except OSError:
        give_up_output()


def give_up_output() -> None:
    """Sends to the null device what is still to be printed, at the process's end too.

    For when standard output cannot be written to any more.
    """
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


class _Output(io.FileIO):
    """Standard output, whose errors say that it is."""

    def write(self, data):
        try:
            return super().write(data)
        except OSError as error:
            raise OSError(error.errno, error.strerror, OUTPUT) from None


def _opened(number):
    """Opens a file descriptor if it is closed; returns whether it was open."""
    try:
        os.fstat(number)
    except OSError:
        # The lowest number that is free, as those below are open by now.
        os.open(os.devnull, os.O_RDONLY if number == 0 else os.O_WRONLY)
        return False
    return True
