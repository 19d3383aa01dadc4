"""Ranges of the numbers that flags take."""

import dataclasses
from collections.abc import Callable

from trainers.cli.errors import UserError

# Beyond these a positive number is 0 or infinite in float32, or makes no sense for any
# flag.
LEAST, MOST = 1e-6, 1e6
# A message shows this many characters of a bad value.
SHOWN = 40


@dataclasses.dataclass(frozen=True)
class Range:
    """A range of numbers, ends included.

    Attributes:
        low: the lowest number.
        high: the highest number.
        words: the range in words, for messages.
        open_high: whether `high` itself is excluded.

    >>> Range(1, 10, "at least 1 and at most 10").check("epochs", 3)
    """

    low: float
    high: float
    words: str
    open_high: bool = False

    def __contains__(self, value: float) -> bool:
        # Comparisons with NaN are false.
        if self.open_high:
            return self.low <= value < self.high
        return self.low <= value <= self.high

    def check(self, name: str, value: float) -> None:
        """Checks the value of the flag `name`.

        Raises:
            UserError: if it is out of the range.
        """
        if value not in self:
            raise UserError(f"--{name}: must be {self.words}, not {shortened(value)}")


def integers(low: int, high: int) -> Range:
    """Returns the range of the integers from `low` to `high`."""
    return Range(low, high, f"at least {low} and at most {high}")


def positive(high: float = MOST, low: float = LEAST) -> Range:
    """Returns the range of the positive numbers up to `high`.

    >>> 1e-320 in positive(), 1e39 in positive(), 0.1 in positive()
    (False, False, True)
    """
    return Range(low, high, f"positive and finite, from {low:g} to {high:g}")


def at_least_zero(high: float = MOST) -> Range:
    """Returns the range of the numbers from 0 to `high`."""
    return Range(0.0, high, f"at least 0 and at most {high:g}")


def share() -> Range:
    """Returns the range of the numbers from 0 to 1."""
    return Range(0.0, 1.0, "between 0 and 1")


def below_one() -> Range:
    """Returns the range of the numbers from 0 to 1, without 1."""
    return Range(0.0, 1.0, "at least 0 and below 1", open_high=True)


def shortened(value, most: int = SHOWN) -> str:
    """Returns a value as messages show it, in at most about `most` characters.

    >>> shortened(1.5), shortened("9" * 500)
    ('1.5', '999999999999999999999999999999999999999...')
    """
    text = str(value)
    return text if len(text) <= most else f"{text[: most - 1]}..."


def require(
    settings: dict, name: str, rule: str, holds: Callable[[float], bool]
) -> None:
    """Checks the value of a flag against those of other flags.

    Args:
        settings: the value of every flag by name.
        name: the flag to check.
        rule: the rule in words: the flag "must be ...".
        holds: returns whether a value follows the rule.

    Raises:
        UserError: if the value does not follow the rule.
    """
    if not holds(settings[name]):
        raise UserError(f"--{name}: must be {rule}, not {shortened(settings[name])}")
