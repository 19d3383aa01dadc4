"""Ratios of Bessel functions behind the von Mises-Fisher distribution.

With `v = d / 2 - 1` and `k` the concentration, everything the distribution needs
follows from the cumulant generating function of `w = mu'z` under the uniform
distribution on the sphere,

    M(k) = log E[exp(k w)] = log 0F1(; d / 2; k^2 / 4)
         = log(Gamma(v + 1) (2 / k)^v I_v(k)),

and its derivatives `A = M' = I_(v+1)(k) / I_v(k)` and `A' = Var[w]`. Written with
Bessel functions these are differences of large numbers; the forms used here are not.

Three branches, chosen by the static dimension and by the concentration:

* series, for v < 25 and k <= 25: power series in k^2 / 4 with positive terms
  only (DLMF 10.25.2; for A' the product series DLMF 10.31.3).
* large order, for v >= 25 and every k: Olver's uniform expansion (DLMF 10.41.3)
  in logarithmic form, arranged so that each part vanishes with k.
* large concentration, for v < 25 and k > 25: the same expansion with the exact
  Gamma(v + 1). In terms of 1 / R, R = sqrt(v^2 + k^2), it stays valid down to
  v = 0, where it is Hankel's expansion (DLMF 10.40.1).

Everything is evaluated in float64. One value takes a few hundred operations, far less
than a draw.
"""

import fractions
import functools
import math
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from tf_vmfvae.distributions.numerics.horner import horner

# Olver's expansion in 1 / R with 20 terms is below 1e-16 from R = 25 on.
_EXPANSION_TERMS = 20
_LEAST_RADIUS = 25.0
# Terms of a series or polynomial that are smaller than this, relative to the sum, are
# dropped.
_NEGLIGIBLE = 1e-19


class Moments(NamedTuple):
    """The statistics that one evaluation yields, float64 tensors of kappa's shape."""

    log_partition: tf.Tensor  # M
    mean: tf.Tensor  # A = M'
    deficit: tf.Tensor  # 1 - A
    variance: tf.Tensor  # A'
    kl: tf.Tensor  # k A - M
    log_partition_deficit: tf.Tensor  # k - M


def check_dimension(dimension: int) -> int:
    """Returns `dimension` as an int of at least 2, or raises a ValueError."""
    if isinstance(dimension, bool) or int(dimension) != dimension or dimension < 2:
        raise ValueError(
            f"dimension must be a whole number of at least 2, got {dimension!r}"
        )
    return int(dimension)


def log_sphere_area(dimension: int) -> float:
    """Returns the logarithm of the area of the unit sphere in `R^d`.

    >>> round(log_sphere_area(3), 12) == round(math.log(4 * math.pi), 12)
    True
    """
    half = dimension / 2
    return math.log(2) + half * math.log(math.pi) - math.lgamma(half)


def moments(dimension: int, concentration: tf.Tensor) -> Moments:
    """Returns all moments at once, with exact derivatives in the concentration.

    Args:
      dimension: d >= 2, of the surrounding space.
      concentration: float64 tensor of any shape.

    Returns:
      The `Moments`, each of the shape of `concentration`; NaN where that is negative
      or NaN.

    >>> values = moments(50, tf.constant([0.0, 80.0], tf.float64))
    >>> [round(float(x), 7) for x in values.kl]
    [0.0, 19.5152079]
    """

    @tf.custom_gradient
    def with_derivatives(kappa):
        values = _moments(dimension, kappa)

        def gradient(
            by_log_partition,
            by_mean,
            by_deficit,
            by_variance,
            by_kl,
            by_log_partition_deficit,
        ):
            again = _moments(dimension, kappa)
            return (
                (by_log_partition - by_log_partition_deficit) * again.mean
                + by_log_partition_deficit
                + (by_mean - by_deficit + by_kl * kappa) * again.variance
                + by_variance * _third_cumulant(kappa, again, dimension)
            )

        return tuple(values), gradient

    return Moments(*with_derivatives(concentration))


def bregman(dimension: int, first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """Returns M(second) - M(first) - A(first) (second - first), accurately.

    This is the KL divergence between two distributions with the same mean direction.
    Where the concentrations differ by a factor of at most 3, it is computed as the
    integral of (second - k) A'(k) by a 16-point Gauss-Legendre rule, whose error is
    then below 1e-16: A' has no singularity nearer than minus the smaller
    concentration. Elsewhere the divergences to the uniform distribution can be
    subtracted without loss.

    Args:
      dimension: d >= 2.
      first: float64 tensor, concentrations of the distribution averaged over.
      second: float64 tensor of the same shape, concentrations of the other one.

    Returns:
      float64 tensor of that shape, never negative.
    """

    @tf.custom_gradient
    def with_derivatives(first, second):
        one, two = moments(dimension, first), moments(dimension, second)
        close = (first <= 3 * second) & (second <= 3 * first)
        step = tf.where(close, second - first, 0.0)
        nodes, weights = np.polynomial.legendre.leggauss(16)
        nodes, weights = (nodes + 1) / 2, weights / 2
        between = _moments(
            dimension, first[..., tf.newaxis] + step[..., tf.newaxis] * nodes
        ).variance
        # A(second) - A(first), by A or by 1 - A, whichever is the smaller.
        apart = tf.where(one.mean < 0.5, two.mean - one.mean, one.deficit - two.deficit)
        rise = tf.where(close, step * tf.reduce_sum(between * weights, axis=-1), apart)
        value = tf.where(
            close,
            step**2 * tf.reduce_sum(between * (weights * (1 - nodes)), axis=-1),
            one.kl - two.kl + second * apart,
        )

        def gradient(upstream):
            variance = _moments(dimension, first).variance
            return -upstream * (second - first) * variance, upstream * rise

        return value, gradient

    return with_derivatives(first, second)


def inverse_mean(dimension: int, deficit: tf.Tensor) -> tf.Tensor:
    """Returns the concentration at which 1 - A equals `deficit`.

    This is what a maximum likelihood fit solves. Newton's method starts from the
    approximation of Banerjee et al. (2005), which is within a few per cent everywhere;
    six steps reach float64's precision (Sra 2012 shows that two come close). Each step
    uses A or 1 - A, whichever is smaller.

    Args:
      dimension: d >= 2.
      deficit: float64 tensor in [0, 1]; 0 yields infinity, 1 yields 0.

    Returns:
      float64 tensor of that shape.

    >>> values = moments(200, tf.constant(150.0, tf.float64))
    >>> round(float(inverse_mean(200, values.deficit)), 9)
    150.0
    """
    inside = (deficit > 0) & (deficit < 1)
    safe = tf.where(inside, deficit, 0.5)
    kappa = (1 - safe) * (dimension - (1 - safe) ** 2) / (safe * (2 - safe))
    for _ in range(6):
        values = moments(dimension, kappa)
        gap = tf.where(safe < 0.5, values.deficit - safe, 1 - safe - values.mean)
        # A is concave, so a step may overshoot downwards: not below a tenth.
        kappa = tf.maximum(kappa + gap / values.variance, kappa / 10)
    ends = tf.where(deficit <= 0, _wide(np.inf), deficit)
    ends = tf.where(deficit >= 1, _wide(0.0), ends)
    return tf.where(inside, kappa, ends)


def _moments(dimension: int, concentration: tf.Tensor) -> Moments:
    kappa = tf.where(concentration >= 0, concentration, np.nan)
    order = dimension / 2 - 1
    if order >= _LEAST_RADIUS:
        return _large_order(order, kappa)
    small = kappa <= _LEAST_RADIUS
    near = _series(order, tf.where(small, kappa, _LEAST_RADIUS))
    far = _large_concentration(order, tf.where(small, _wide(_LEAST_RADIUS), kappa))
    return Moments(*(tf.where(small, a, b) for a, b in zip(near, far, strict=True)))


def _wide(value: float) -> tf.Tensor:
    """Returns a float64 constant, so that no dtype is inferred from a Python float."""
    return tf.constant(value, tf.float64)


def _third_cumulant(kappa, values: Moments, dimension: int):
    """Returns A'' by the differential equation A' = 1 - A^2 - (d - 1) A / k.

    Digits are lost where A'' is small compared with A'; no accuracy is promised for it.
    """
    rate = dimension - 1.0
    safe = tf.where(kappa > 0, kappa, 1.0)
    bent = rate * (values.mean / safe - values.variance) / safe
    return tf.where(kappa > 0, bent - 2 * values.mean * values.variance, 0.0)


def _series(order: float, kappa: tf.Tensor) -> Moments:
    """Power series, DLMF 10.25.2 and 10.31.3, for v < 25 and k <= 25."""
    dimension = 2 * order + 2
    x = kappa**2 / 4
    rest, shifted, spread = _polynomials(
        [
            _partition_series(order)[1:],
            _partition_series(order + 1),
            _variance_series(order),
        ],
        x,
    )
    partition = 1 + x * rest
    mean = kappa / dimension * shifted / partition
    variance = spread / partition**2
    log_partition = tf.math.log1p(x * rest)
    return Moments(
        log_partition,
        mean,
        1 - mean,
        variance,
        kappa * mean - log_partition,
        kappa - log_partition,
    )


def _large_order(order: float, kappa: tf.Tensor) -> Moments:
    """Olver's expansion, DLMF 10.41.3, for v >= 25 and every k >= 0.

    With p = v / R, M is (R - v) - v log((R + v) / 2v) - log(R / v) / 2 plus
    S(p) - S(1), where S is the logarithm of the expansion. The leading part of k A is
    R - v, so that of the divergence k A - M is v log((R + v) / 2v), without
    cancellation.
    """
    radius, excess = _radius(order, kappa)
    p = order / radius
    one_less_p = excess / radius
    correction = _log_correction(order, order)
    quotient, *slopes = _polynomials(
        [_geometric_quotient(correction), *_logarithmic_derivatives(correction)], p
    )
    difference = -one_less_p * quotient
    half_log = tf.math.log1p(excess / order) / 2
    leading = order * tf.math.log1p(excess / (2 * order))
    mean, deficit, variance, kappa_mean_rest = _mean(order, kappa, radius, *slopes)
    return Moments(
        excess - leading - half_log + difference,
        mean,
        deficit,
        variance,
        leading + half_log + kappa_mean_rest - difference,
        _kappa_less_excess(order, kappa, radius) + leading + half_log - difference,
    )


def _large_concentration(order: float, kappa: tf.Tensor) -> Moments:
    """The same expansion, DLMF 10.41.3 and 10.40.1, for v < 25 and k >= 25."""
    radius, excess = _radius(order, kappa)
    correction = _log_correction(order, _LEAST_RADIUS)
    logarithm, *slopes = _polynomials(
        [correction, *_logarithmic_derivatives(correction)], _LEAST_RADIUS / radius
    )
    entropy_like = (
        order * tf.math.log((order + radius) / 2)
        + tf.math.log(2 * math.pi * radius) / 2
        - order
        - math.lgamma(order + 1)
        - logarithm
    )
    mean, deficit, variance, kappa_mean_rest = _mean(order, kappa, radius, *slopes)
    return Moments(
        excess - entropy_like,
        mean,
        deficit,
        variance,
        entropy_like + kappa_mean_rest,
        _kappa_less_excess(order, kappa, radius) + entropy_like,
    )


def _kappa_less_excess(order, kappa, radius):
    """Returns k - (R - v) without cancellation."""
    return order * (2 * kappa / (radius + kappa + order))


def _radius(order: float, kappa: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns R = sqrt(v^2 + k^2), and R - v without cancellation."""
    radius = tf.sqrt(order**2 + kappa**2)
    return radius, kappa * (kappa / (radius + order))


def _mean(order, kappa, radius, slope, bend):
    """Returns A, 1 - A, A' and k A - (R - v) by the expansion of log I_v.

    As d R / d k = k / R, S(1 / R) contributes -(k / R^2) T to A, with T = S'(r) r at
    r = 1 / R; differentiating once more gives its contribution to A'. T is `slope`,
    T'(r) r is `bend`.
    """
    weight = kappa / radius / radius
    share = (kappa / radius) ** 2
    mean = kappa / (order + radius) - weight * (0.5 + slope)
    deficit = order * (1 + order / (radius + kappa)) / (order + radius) + weight * (
        0.5 + slope
    )
    variance = (
        order / (order + radius)
        + (share - 0.5 - slope + share * (2 * slope + bend)) / radius
    ) / radius
    return mean, deficit, variance, -share * (0.5 + slope)


def _polynomials(coefficients: list[np.ndarray], x: tf.Tensor) -> list[tf.Tensor]:
    """Evaluates several polynomials at the same argument, in few operations.

    Blocks of eight coefficients are summed by a matrix product with 1, x, ..., x^7, and
    the blocks by Horner's rule in x^8. How many there are is known when the graph is
    built.
    """
    blocks = -(-max(map(len, coefficients)) // 8)
    table = np.zeros([len(coefficients), 8 * blocks])
    for row, values in zip(table, coefficients, strict=True):
        row[: len(values)] = values
    table = table.reshape(len(coefficients), blocks, 8)

    square = x * x
    powers = tf.stack([tf.ones_like(x), x], axis=-1)
    powers = tf.concat([powers, powers * square[..., tf.newaxis]], axis=-1)
    fourth = (square * square)[..., tf.newaxis]
    powers = tf.concat([powers, powers * fourth], axis=-1)
    eighth = fourth * fourth

    # Axes: powers, blocks, polynomials.
    parts = tf.unstack(tf.tensordot(powers, table.transpose(2, 1, 0), 1), axis=-2)
    return tf.unstack(horner(parts, eighth), axis=-1)


def _logarithmic_derivatives(coefficients: np.ndarray) -> list[np.ndarray]:
    """Returns the coefficients of r S'(r) and of r (r S'(r))'."""
    powers = np.arange(len(coefficients))
    return [coefficients * powers, coefficients * powers**2]


@functools.lru_cache(maxsize=64)
def _partition_series(order: float) -> np.ndarray:
    """Returns the coefficients of 0F1(; v + 1; x) in x, enough for k <= 25."""
    return _positive_series(lambda k: 1 / ((k + 1) * (order + k + 1)), 1.0)


@functools.lru_cache(maxsize=64)
def _variance_series(order: float) -> np.ndarray:
    """Returns the coefficients of A' 0F1(; v + 1; x)^2 in x, which are all positive.

    It is I_v^2 - I_(v+1)^2 - (d - 1) / k I_v I_(v+1) with each product expanded by DLMF
    10.31.3; the three terms of each power of x combine into one.
    """
    return _positive_series(
        lambda k: (
            2
            * (2 * order + 2 * k + 1)
            / ((2 * order + k + 2) * (k + 1) * (order + k + 2))
        ),
        0.5 / (order + 1),
    )


def _positive_series(ratio, first: float) -> np.ndarray:
    coefficients = [first]
    at_end = total = first
    x = _LEAST_RADIUS**2 / 4
    while at_end > _NEGLIGIBLE * total or len(coefficients) < 3:
        k = len(coefficients) - 1
        coefficients.append(coefficients[-1] * ratio(k))
        at_end *= ratio(k) * x
        total += at_end
    return np.array(coefficients)


@functools.lru_cache(maxsize=64)
def _log_correction(order: float, least_radius: float) -> np.ndarray:
    """Returns the coefficients of S, the logarithm of Olver's sum, in least_radius / R.

    The k-th term of the logarithm is R^-k times a polynomial in (v / R)^2. As v is
    known, together they are one polynomial in 1 / R.
    """
    coefficients = np.zeros(3 * _EXPANSION_TERMS + 1)
    share = fractions.Fraction(order) / fractions.Fraction(least_radius)
    for k, term in enumerate(_log_debye_terms(), start=1):
        for j, value in enumerate(term):
            coefficients[k + 2 * j] += float(
                value * share ** (2 * j) / fractions.Fraction(least_radius) ** k
            )
    last = np.flatnonzero(np.abs(coefficients) > _NEGLIGIBLE)[-1]
    return coefficients[: last + 1]


def _geometric_quotient(coefficients: np.ndarray) -> np.ndarray:
    """Returns the coefficients of (f(1) - f(p)) / (1 - p): sums of those of f."""
    return np.cumsum(coefficients[:0:-1])[::-1]


@functools.lru_cache(maxsize=1)
def _log_debye_terms() -> list[list[fractions.Fraction]]:
    """Returns polynomials e_k: log sum_k U_k(p) / v^k = sum_k e_k(p^2) p^k / v^k.

    U_k(p) = p^k u_k(p^2) follows exactly from the recurrence DLMF 10.41.9; the power
    series of the logarithm from k e_k = k u_k - sum_(j<k) j e_j u_(k-j).
    """
    half, eighth = fractions.Fraction(1, 2), fractions.Fraction(1, 8)
    debye = [[fractions.Fraction(1)]]
    for k in range(_EXPANSION_TERMS):
        following = [fractions.Fraction(0)] * (k + 2)
        for j, value in enumerate(debye[k]):
            power = k + 2 * j
            following[j] += value * (half * power + eighth / (power + 1))
            following[j + 1] -= value * (half * power + 5 * eighth / (power + 3))
        debye.append(following)
    logs: list[list[fractions.Fraction]] = [[]]
    for k in range(1, _EXPANSION_TERMS + 1):
        term = list(debye[k])
        for j in range(1, k):
            for a, left in enumerate(logs[j]):
                for b, right in enumerate(debye[k - j]):
                    term[a + b] -= fractions.Fraction(j, k) * left * right
        logs.append(term)
    return logs[1:]
