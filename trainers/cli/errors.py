"""How a program ends early, each in one line for the user."""


class UserError(Exception):
    """Bad input, which the user can mend; the message is the one line they see."""


class RunFailed(Exception):
    """A run that cannot go on; the message is the one line that the user sees."""
