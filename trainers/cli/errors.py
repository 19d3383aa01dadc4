"""The errors that end a program, each in one line for the user."""

import contextlib
import errno
from collections.abc import Iterator


class UserError(Exception):
    """Bad input, which the user can correct; the message is the one line they see."""


class RunFailed(Exception):
    """A run that cannot continue; the message is the one line the user sees."""


def reason(error: Exception) -> str:
    r"""Returns the first line of an error's message, for a message of our own.

    >>> reason(ValueError("no such layer\nmore")), reason(KeyError())
    ('no such layer', 'KeyError')
    """
    return (str(error).strip() or type(error).__name__).splitlines()[0]


@contextlib.contextmanager
def reading_corpus() -> Iterator[None]:
    """Turns what is wrong with a corpus into a `UserError`.

    Raises:
        OSError: if there was no space on the disk, which is not the user's input.

    >>> with reading_corpus():
    ...     raise ValueError("text.txt is empty")
    Traceback (most recent call last):
    ...
    trainers.cli.errors.UserError: text.txt is empty
    """
    try:
        yield
    except ValueError as error:
        raise UserError(str(error)) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        where = f"{error.filename}: " if error.filename else ""
        raise UserError(f"{where}{error.strerror or error}") from error
