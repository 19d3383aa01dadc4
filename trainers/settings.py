"""Rules that the values of several flags keep together."""

from collections.abc import Callable

from trainers.failures import UserError
from trainers.ranges import shortened


def require(
    settings: dict, name: str, rule: str, holds: Callable[[float], bool]
) -> None:
    """Checks one value.

    Raises:
        UserError: if it breaks the rule.
    """
    if not holds(settings[name]):
        raise UserError(f"--{name}: must be {rule}, not {shortened(settings[name])}")
