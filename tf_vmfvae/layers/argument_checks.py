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


def dim_of_each_sphere(latent_dim: int, spheres: int) -> int:
    """Returns how many of a code's dimensions each of several spheres has.

    Raises:
        ValueError: if `latent_dim` is not a multiple of `spheres`, or less than twice
            as large.

    >>> dim_of_each_sphere(50, 10)
    5
    """
    if spheres < 1 or latent_dim < 2 * spheres or latent_dim % spheres:
        raise ValueError(
            f"latent_dim must be a multiple of the number of spheres, {spheres}, "
            f"of at least 2 each, not {latent_dim}"
        )
    return latent_dim // spheres
