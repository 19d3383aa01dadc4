"""Standard input, output and error, even if they are closed, full or not UTF-8."""

import io
import os
import sys

OUTPUT = "standard output"


def prepare() -> bool:
    """Makes the three streams usable, in whatever state the process got them.

    A closed stream is opened as the null device. Otherwise the next file to be opened
    would get its number, and prints would end up in that file. Lines of output appear
    at once, even in a pipe. Characters that the output's encoding lacks are printed as
    escapes. An error while writing names the standard output.

    Returns:
        Whether standard output was open; otherwise nobody can see what is printed.
    """
    was_open = [_opened(number) for number in range(3)]
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.FileIO(0, closefd=False))
    # Bytes that are not UTF-8 pass, so that whatever reads them can say where they are.
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
    """Writes whatever is still buffered, if that is possible."""
    try:
        sys.stdout.flush()
    except OSError:
        give_up_output()


def give_up_output() -> None:
    """Sends all further output to the null device, until the process has ended.

    This is for when standard output cannot be written to any more.
    """
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.close(null)


class _Output(io.FileIO):
    """Standard output, whose errors name it."""

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
        # This gets the lowest free number, which is `number`: lower ones are open.
        os.open(os.devnull, os.O_RDONLY if number == 0 else os.O_WRONLY)
        return False
    return True
