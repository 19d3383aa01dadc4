"""Tables of the quantile function of `w = mu'z`.

A distribution that is symmetric about a mean direction `mu` is drawn through
`w = mu'z` alone, and `w` through `y = artanh(w)`, whose density is smooth and
log-concave on the whole line for every `d >= 2`. With `n = d - 1`,

    von Mises-Fisher   log p(y) = k tanh(y) - n log cosh(y)        + constant,
    power spherical    log p(y) = k y       - (k + n) log cosh(y)  + constant.

Let `m = tanh(y)` at the mode and `D = y - artanh(m)`. Then the density of `D` depends
on `n` and `m` only: `m = 0` is the uniform distribution, `m = 1` the limit of infinite
concentration (the logarithm of a Gamma variate), with no singularity in between.

The tables hold `D`, in units of its spread at the mode, as a function of a standard
normal variate `x` (so that `u = Phi(x)`) and of the concentration. In high dimensions
it is close to the straight line `D = x`; in all it is smooth. The tables are piecewise
polynomials through exact quantiles, found by integrating the density numerically. Each
tail is integrated from its own end, so both keep their relative precision.
"""

import functools
import math
import statistics
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

# The Box-Muller transform of 32 random bits stays within 6.77.
RANGE = 6.8
# Coefficients of a cell's polynomial, in each of the two directions.
COEFFICIENTS = 8

_INTERVALS = 320
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(10)
_inverse_normal = np.frompyfunc(statistics.NormalDist().inv_cdf, 1, 1)
_normal_tail = np.frompyfunc(lambda x: math.erfc(x / math.sqrt(2)) / 2, 1, 1)


class Family(NamedTuple):
    """A family of distributions of `w`, written in terms of the mode `m`.

    `ratio` and `curvature` use plain arithmetic and take floats, arrays or tensors;
    `log_density` takes NumPy arrays.
    """

    ratio: Callable  # (n, concentration) -> (1 - m) / (1 + m), to full precision
    curvature: Callable  # m -> -(log p)''(0) / n
    log_density: Callable  # (n, m, D) -> log p(D) - log p(0)

    def spread(self, rate, ratio):
        """Returns the unit of the tables, 1 / sqrt(n curvature)."""
        return (rate * self.curvature(_mode(ratio))) ** -0.5


def _mode(ratio):
    return (1 - ratio) / (1 + ratio)


def _log_cosh_ratio(m, deviation):
    """Returns log(cosh(y) / cosh(artanh m)) for y = artanh(m) + D."""
    grow = np.expm1(deviation) * ((1 + m) / 2)
    shrink = np.expm1(-deviation) * ((1 - m) / 2)
    return np.log1p(grow + shrink)


def _von_mises_fisher_log_density(rate, m, deviation):
    log_ratio = _log_cosh_ratio(m, deviation)
    return rate * (m * np.sinh(deviation) * np.exp(-log_ratio) - log_ratio)


def _power_spherical_log_density(rate, m, deviation):
    # (m D - log ratio) / (1 - m), avoiding a difference that vanishes at m = 1.
    less = (1 - m) / 2
    inner = less * np.expm1(-2 * deviation)
    quotient = np.where(
        np.abs(inner) > 1e-9,
        np.log1p(inner) / np.where(less > 0, less, 1.0),
        np.expm1(-2 * deviation) * (1 - inner / 2),
    )
    return -rate * (deviation + quotient / 2)


VON_MISES_FISHER = Family(
    lambda rate, k: rate / (2 * k + (4 * k * k + rate * rate) ** 0.5),
    lambda m: 1 + m * m,
    _von_mises_fisher_log_density,
)
POWER_SPHERICAL = Family(
    lambda rate, k: rate / (2 * k + rate),
    lambda m: 1 + m,
    _power_spherical_log_density,
)


class Grid(NamedTuple):
    """How finely a dimension's table is cut."""

    cells: int  # in x, over [-RANGE, RANGE]
    panels: int  # in t = k / (k + scale), over [0, 1]
    scale: float


def grid(dimension: int) -> Grid:
    """Returns a grid on which the interpolation error is below float32's resolution.

    The hard part is the tail opposite the mean direction in few dimensions: within one
    unit of k, the term e^(-2k) goes from negligible to dominant there. In many
    dimensions the table is almost a straight line.
    """
    if dimension <= 3:
        return Grid(72, 48, 15.0)
    if dimension <= 8:
        return Grid(64, 40, 18.0)
    if dimension <= 20:
        return Grid(56, 24, 10 + dimension)
    return Grid(48, 12, 10 + dimension)


def scaled_quantiles(family: Family, dimension: int, m, x) -> np.ndarray:
    """Returns `D sqrt(n curvature(m))` at the normal variates `x`, to about 1e-12.

    Args:
      family: the family of distributions.
      dimension: d >= 2.
      m: modes in [0, 1], shape [M].
      x: increasing values within [-7, 7], shape [X].

    Returns:
      float64 array [M, X].
    """
    rate = dimension - 1.0
    m = np.asarray(m, np.float64)[:, None]
    x = np.asarray(x, np.float64)
    spread = 1 / np.sqrt(rate * family.curvature(m))

    def log_density(points):
        return family.log_density(rate, m, points * spread)

    def density(points):
        return np.exp(log_density(points))

    def mass(start, stop):
        half = (stop - start) / 2
        total = 0.0
        for node, weight in zip(_NODES, _WEIGHTS, strict=True):
            total = total + weight * density(start + half * (1 + node))
        return half * total

    edges = _support(log_density, m.shape)
    masses = mass(edges[:, :-1], edges[:, 1:])
    total = masses.sum(axis=1, keepdims=True)
    zero = np.zeros_like(total)
    below = np.concatenate([zero, np.cumsum(masses, axis=1)], axis=1) / total
    above = np.cumsum(masses[:, ::-1], axis=1)[:, ::-1] / total
    above = np.concatenate([above, zero], axis=1)

    # Left of the median, mass is counted from below; right of it, from above.
    lower = below <= above
    edge_tail = np.clip(np.where(lower, below, above), 1e-300, 0.5)
    edge_x = _inverse_normal(edge_tail).astype(np.float64)
    edge_x = np.where(lower, edge_x, -edge_x)
    cell = np.stack([np.searchsorted(row, x, side="right") - 1 for row in edge_x])
    cell = np.clip(cell, 0, _INTERVALS - 1)

    def at(values, offset=0):
        return np.take_along_axis(values, cell + offset, axis=1)

    start, stop = at(edges), at(edges, 1)
    tail = _normal_tail(np.abs(x)).astype(np.float64)
    wanted = np.where(x <= 0, tail - at(below), at(above) - tail)
    mixed = (x <= 0) != at(lower)
    wanted = np.where(mixed & (x > 0), (1 - tail) - at(below), wanted)
    wanted = np.where(mixed & (x <= 0), at(above) - (1 - tail), wanted) * total

    # Cubic Hermite interpolation of the inverse gives Newton's method a close start.
    slope = np.exp(-(edge_x**2) / 2) / math.sqrt(2 * math.pi) * total / density(edges)
    width = at(edge_x, 1) - at(edge_x)
    s = (x - at(edge_x)) / width
    guess = (
        start
        + (stop - start) * s * s * (3 - 2 * s)
        + width * s * (1 - s) * (at(slope) * (1 - s) - at(slope, 1) * s)
    )
    guess = np.clip(guess, start, stop)
    for _ in range(3):
        guess = guess - (mass(start, guess) - wanted) / density(guess)
        guess = np.clip(guess, start, stop)
    return guess


def _support(log_density: Callable, shape: tuple) -> np.ndarray:
    """Returns edges of intervals, out to where the density is e^-60 of its maximum."""
    outer = []
    for sign in (-1.0, 1.0):
        low, high = np.zeros(shape), np.ones(shape)
        for _ in range(12):
            inside = log_density(sign * high) > -60
            low, high = np.where(inside, high, low), np.where(inside, 2 * high, high)
        for _ in range(20):
            middle = (low + high) / 2
            inside = log_density(sign * middle) > -60
            low, high = np.where(inside, middle, low), np.where(inside, high, middle)
        outer.append(sign * high)
    return outer[0] + (outer[1] - outer[0]) * np.linspace(0, 1, _INTERVALS + 1)


@functools.lru_cache(maxsize=256)
def fixed_table(family: Family, dimension: int, concentration: float) -> np.ndarray:
    """Returns polynomials, one per cell, of the scaled quantile at one concentration.

    Returns:
      float64 array [COEFFICIENTS, cells]: ascending powers of the position in
      [-1, 1] within a cell of [-RANGE, RANGE].
    """
    m = _mode(family.ratio(dimension - 1.0, np.float64(concentration)))
    cells = grid(dimension).cells
    values = scaled_quantiles(family, dimension, np.array([m]), _nodes(cells, RANGE))
    return _to_powers() @ values.reshape(cells, COEFFICIENTS).T


@functools.lru_cache(maxsize=16)
def table(family: Family, dimension: int) -> np.ndarray:
    """Returns polynomials, one per cell, of the scaled quantile at any concentration.

    Returns:
      float64 array [COEFFICIENTS^2, panels, cells]: the first axis runs over powers
      of the position within a panel of t and, faster, of that within a cell of x,
      both positions in [-1, 1].
    """
    cells, panels, scale = grid(dimension)
    t = (1 + _nodes(panels, 1.0)) / 2
    m = _mode(family.ratio(dimension - 1.0, scale * t / (1 - t)))
    x = _nodes(cells, RANGE)
    # In pieces, as the integrals at all nodes at once would need too much memory.
    values = np.concatenate(
        [
            scaled_quantiles(family, dimension, part, x)
            for part in np.array_split(m, max(1, len(m) // 16))
        ]
    ).reshape(panels, COEFFICIENTS, cells, COEFFICIENTS)
    packed = np.einsum("ptcx,at,bx->abpc", values, _to_powers(), _to_powers())
    return packed.reshape(COEFFICIENTS**2, panels, cells)


def _nodes(pieces: int, half_range: float) -> np.ndarray:
    """Returns the Chebyshev nodes of each equal piece of [-half_range, half_range]."""
    width = half_range / pieces
    centres = np.linspace(-half_range + width, half_range - width, pieces)
    local = np.polynomial.chebyshev.chebpts1(COEFFICIENTS)
    return (centres[:, None] + width * local).ravel()


@functools.lru_cache(maxsize=1)
def _to_powers() -> np.ndarray:
    """Returns the matrix from values at Chebyshev nodes to power coefficients."""
    nodes = np.polynomial.chebyshev.chebpts1(COEFFICIENTS)
    return np.linalg.inv(np.vander(nodes, increasing=True))
