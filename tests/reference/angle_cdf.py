"""The distribution of the angle to the mean direction, by numerical integration."""

from collections.abc import Callable

import numpy as np
from scipy import integrate


def angle_cdf(log_density: Callable, dimension: int) -> Callable:
    """Returns the CDF of the angle between a draw and the mean direction.

    Of the angle rather than its cosine, which has no digits left near 1 in float32.

    Args:
      log_density: cosine -> the distribution's log-density, up to a constant; the
        factor of the sphere's area is added here.
      dimension: d, of the space that holds the sphere.
    """
    angle = np.linspace(0, np.pi, 40_001)[1:-1]
    # A finer grid where a narrow distribution has its mass.
    angle = np.concatenate([np.geomspace(1e-7, angle[0], 20_000)[:-1], angle])
    log = log_density(np.cos(angle)) + (dimension - 2) * np.log(np.sin(angle))
    mass = integrate.cumulative_simpson(np.exp(log - log.max()), x=angle, initial=0.0)
    return lambda at: np.interp(at, angle, mass / mass[-1])
