"""Checks numbers that a user passes."""

import operator

import tensorflow as tf


def whole_number(
    name: str, value, least: int | None = None, most: int = tf.int32.max
) -> int:
    """Returns an argument as an int.

    Args:
        name: the argument's name, for the message.
        value: what the user passed.
        least: the smallest number allowed, if there is one.
        most: the largest number allowed.

    Raises:
        ValueError: if it is not a whole number, below `least`, or above `most`.

    >>> whole_number("count", -1, 0)
    Traceback (most recent call last):
    ...
    ValueError: count must be 0 or more, not -1
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise ValueError(f"{name} must be a whole number, not {value!r}") from None
    if least is not None and number < least:
        raise ValueError(f"{name} must be {least} or more, not {number}")
    if number > most:
        raise ValueError(f"{name} must be at most {most}, not {number}")
    return number
