"""Statistics of the spherical Cauchy distribution by mpmath, in two ways."""

import functools
import itertools
from typing import NamedTuple

import mpmath
import numpy as np

_DIGITS = 40
# For `by_quadrature`: nodes of each panel, and how often the angle pi is halved. The
# mass of concentrations up to 1 - 1e-6 lies above the smallest panel.
_NODES = 30
_HALVINGS = 26


class Statistics(NamedTuple):
    """Expectations, and their derivatives in the concentration rho.

    Attributes:
      kl: KL divergence to the uniform distribution, in nats.
      mean: E[w], w = mu'z.
      variance: of w; `None` if not known.
    """

    kl: mpmath.mpf
    kl_slope: mpmath.mpf
    mean: mpmath.mpf
    mean_slope: mpmath.mpf
    variance: mpmath.mpf | None = None


def exact(dimension: int, rho: float) -> Statistics:
    """Returns the statistics in the way that is fast and accurate for a dimension."""
    way = by_quadrature if dimension < 25 else by_hypergeometric_functions
    return way(dimension, rho)


@functools.cache
def by_quadrature(dimension: int, rho: float) -> Statistics:
    """Integrates the density over the angle to the mean direction.

    Derivatives are expectations of the same functions times the score. In many
    dimensions, the panels would have to be finer.
    """
    with mpmath.workdps(_DIGITS):
        n, rho = dimension - 1, mpmath.mpf(rho)
        totals, area = np.zeros(5, object), mpmath.mpf(0)
        for less, sine, weight in _angles():
            uniform = weight * sine ** (dimension - 2)
            bottom = (1 - rho) ** 2 + 2 * rho * less
            ratio = (1 - rho**2) / bottom
            log_ratio = n * mpmath.log(ratio)
            score = -2 * n * (rho / (1 - rho**2) + (rho - 1 + less) / bottom)
            values = log_ratio, score * log_ratio, less, -score * less, less**2
            totals += uniform * ratio**n * np.array(values, object)
            area += uniform
        kl, kl_slope, deficit, mean_slope, square = totals / area
        return Statistics(kl, kl_slope, 1 - deficit, mean_slope, square - deficit**2)


def by_hypergeometric_functions(dimension: int, rho: float) -> Statistics:
    """Sums series, which are slow in few dimensions.

    With x = rho^2 and n = d - 1, expanding log(1 + rho^2 + 2 rho t) in cosines of
    multiples of the angle gives

        KL / n = (d - 2) / d x 3F2(1, 1, 2 - d / 2; 2, 1 + d / 2; x) - log(1 - x),
        d KL / d rho = 2 n ((1 - 2F1(1, 1 - d / 2; d / 2; x)) / rho + rho / (1 - x)),
        E[w] = (1 - x) / (2 n) d KL / d rho.
    """

    def kl_slope(rho):
        series = mpmath.hyp2f1(1, 1 - half, half, rho**2)
        return 2 * n * ((1 - series) / rho + rho / (1 - rho**2))

    def mean(rho):
        return kl_slope(rho) * (1 - rho**2) / (2 * n)

    with mpmath.workdps(_DIGITS):
        n, half, rho = dimension - 1, mpmath.mpf(dimension) / 2, mpmath.mpf(rho)
        x = rho**2
        series = mpmath.hyp3f2(1, 1, 2 - half, 2, 1 + half, x)
        kl = n * (x * (half - 1) / half * series - mpmath.log1p(-x))
        slope = mpmath.diff(mean, rho, h=mpmath.mpf(10) ** -15)
        return Statistics(kl, kl_slope(rho), mean(rho), slope)


@functools.cache
def _angles():
    """Returns 1 - cosine, sine and weight of each node."""
    edges = [mpmath.pi / 2**power for power in range(_HALVINGS, 3, -1)]
    edges = [0, *edges, *(mpmath.pi * k / 16 for k in range(2, 17))]
    rule = _legendre_rule()
    angles = []
    for start, stop in itertools.pairwise(edges):
        for node, weight in rule:
            angle = start + (stop - start) * (1 + node) / 2
            less = 2 * mpmath.sin(angle / 2) ** 2
            share = weight * (stop - start) / 2
            angles.append((less, mpmath.sin(angle), share))
    return angles


def _legendre_rule():
    """Returns the Gauss-Legendre rule on [-1, 1]: NumPy's, polished to all digits."""
    rule = []
    for node in np.polynomial.legendre.leggauss(_NODES)[0]:
        x = mpmath.mpf(float(node))
        for _ in range(3):
            value = mpmath.legendre(_NODES, x)
            slope = _NODES * (mpmath.legendre(_NODES - 1, x) - x * value) / (1 - x**2)
            x -= value / slope
        rule.append((x, 2 / ((1 - x**2) * slope**2)))
    return rule
