"""The errors that end a program, each in one line for the user."""


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
