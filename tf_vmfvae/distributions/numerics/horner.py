"""Horner's rule."""

from collections.abc import Sequence


def horner(coefficients: Sequence, x):
    """Evaluates a polynomial; `coefficients` go from the constant term upwards.

    Args:
      coefficients: floats, arrays or tensors that broadcast against `x`, at least one.
      x: where to evaluate it.

    Returns:
      The polynomial's values, of the broadcast shape.

    >>> horner([1.0, 0.0, 2.0], 3.0)
    19.0
    """
    total = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        total = total * x + coefficient
    return total
