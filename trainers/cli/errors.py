"""The errors that end a program, each in one line for the user."""


class UserError(Exception):
    """Bad input, which the user can correct; the message is the line they see."""


class RunFailed(Exception):
    """A run cannot continue; the message is the line that the user sees."""
