"""Checks of constructor arguments that several layers have."""

import math


def positive(name: str, value: float) -> float:
    """Returns the value as a float.

    Raises:
        ValueError: if it is not a positive, finite number.

    >>> positive("kappa", 80)
    80.0
    """
    if not (math.isfinite(value) and value > 0):
        raise ValueError(f"{name} must be a positive, finite number, not {value}")
    return float(value)


def not_negative(name: str, value: float) -> float:
    """Returns the value.

    Raises:
        ValueError: if it is negative or not finite.

    >>> not_negative("prior_components", 0)
    0
    """
    if not 0 <= value < math.inf:
        raise ValueError(f"{name} must be at least 0 and finite, not {value}")
    return value
