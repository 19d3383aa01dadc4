"""Ratios of Gamma functions behind the power spherical distribution.

With n = d - 1 and k the concentration, (1 + w) / 2 has a Beta distribution with
parameters n / 2 + k and n / 2. All statistics follow from

    g(a) = log(Gamma(a + k) / Gamma(a)) - k digamma(a + k)

at a = n / 2 and a = n; the KL divergence to the uniform distribution is
g(n) - g(n / 2). Evaluated as written, g loses every digit for small k and many for
large k. Here it comes from Stirling's series (DLMF 5.11.1), valid for a >= 25, with its
terms combined so that each is of second order in k; smaller a are shifted up by the
recurrence (DLMF 5.5.1). Everything is evaluated in float64.
"""

import functools
import math

import numpy as np
import tensorflow as tf

from tf_vmfvae.distributions.numerics.horner import horner

_LEAST_ARGUMENT = 25
# B_2k / (2k (2k - 1)) for k = 1, 2, ...; the next term is below 1e-17 at a = 25.
_STIRLING = (
    1 / 12,
    -1 / 360,
    1 / 1260,
    -1 / 1680,
    1 / 1188,
    -691 / 360360,
    1 / 156,
)
# artanh(r) = r + r^3 / 3 + r^5 / 5 + ..., without its first term and divided by r^3.
_ARTANH = tuple(1 / odd for odd in range(3, 34, 2))


def kl_to_uniform(dimension: int, concentration: tf.Tensor) -> tf.Tensor:
    """KL divergence from power spherical to uniform, in nats.

    Args:
      dimension: d >= 2.
      concentration: float64 tensor; negative or NaN gives NaN.

    Returns:
      float64 tensor of the same shape.

    >>> round(float(kl_to_uniform(3, tf.constant(1.0, tf.float64))), 6)
    0.193147
    """
    kappa = tf.where(concentration >= 0, concentration, np.nan)
    upper, lower = dimension - 1.0, (dimension - 1.0) / 2
    upper_start, lower_start = _shifted(upper), _shifted(lower)
    # a log(1 + k / a) - k at both arguments: written so, the two -k cancel exactly.
    small = kappa < upper_start
    bounded = tf.where(small, kappa, upper_start)
    near = upper_start * _log1p_less(bounded / upper_start)
    near -= lower_start * _log1p_less(bounded / lower_start)
    far = upper_start * tf.math.log1p(kappa / upper_start)
    far -= lower_start * tf.math.log1p(kappa / lower_start)
    return (
        tf.where(small, near, far)
        + _second_order(upper, kappa)
        - _second_order(lower, kappa)
    )


def digamma_gap(dimension: int, concentration: tf.Tensor) -> tf.Tensor:
    """Returns digamma(n + k) - digamma(n / 2 + k), i.e. log 2 - E[log(1 + w)].

    Args:
      dimension: d >= 2.
      concentration: float64 tensor, non-negative.

    Returns:
      float64 tensor of the same shape.

    >>> gap = digamma_gap(3, tf.constant(0.0, tf.float64))
    >>> round(float(gap), 12)  # digamma(2) - digamma(1)
    1.0
    """
    gap, passed, b = _arguments(dimension, concentration)
    total = tf.zeros_like(concentration)
    for base in passed:
        total += gap / (base * (base + gap))
    total += tf.math.log1p(gap / b) + gap / (2 * b * (b + gap))
    for k, coefficient in enumerate(_STIRLING, start=1):
        power = 2 * k
        total -= coefficient * (power - 1) * ((b + gap) ** -power - b**-power)
    return total


def digamma_gap_slope(dimension: int, concentration: tf.Tensor) -> tf.Tensor:
    """Returns the derivative of `digamma_gap` in the concentration, which is negative.

    Args:
      dimension: d >= 2.
      concentration: float64 tensor, non-negative.

    Returns:
      float64 tensor of the same shape.

    >>> slope = digamma_gap_slope(3, tf.constant(0.0, tf.float64))
    >>> round(float(slope), 12)  # trigamma(2) - trigamma(1)
    -1.0
    """
    gap, passed, b = _arguments(dimension, concentration)
    total = tf.zeros_like(concentration)
    for base in passed:
        total += _slope_of_quotient(gap, base)
    total += _slope_of_quotient(gap, b) / 2 - gap / (b * (b + gap))
    for k, coefficient in enumerate(_STIRLING, start=1):
        power = 2 * k
        rise = (b + gap) ** -(power + 1) - b ** -(power + 1)
        total += coefficient * (power - 1) * power * rise
    return total


def _arguments(dimension, concentration):
    """Returns n / 2, and the arguments n / 2 + k + j of the recurrence and the series.

    Those that the recurrence passes come as a list, then the one that it ends at.
    """
    half = (dimension - 1.0) / 2
    start = _shifted(half)
    passed = [concentration + (half + step) for step in range(round(start - half))]
    return half, passed, concentration + start


def _slope_of_quotient(gap, base):
    """Returns the derivative of gap / (base (base + gap)) in the base."""
    return -gap * (2 * base + gap) / (base * (base + gap)) ** 2


def bregman(dimension: int, first: tf.Tensor, second: tf.Tensor) -> tf.Tensor:
    """KL divergence between two with the same mean direction, accurately.

    It is the integral of (second - k) times the slope of `digamma_gap` at k, from
    `second` to `first`. Where the concentrations differ by a factor of at most 3, a
    16-point Gauss-Legendre rule is exact; elsewhere the divergences to the uniform
    distribution can be subtracted without loss.

    Args:
      dimension: d >= 2.
      first: float64 tensor, concentrations of the distribution averaged over.
      second: float64 tensor of the same shape, concentrations of the other one.

    Returns:
      float64 tensor of that shape, never negative.

    >>> one, three = tf.constant([1.0, 3.0], tf.float64)
    >>> round(float(bregman(3, one, three)), 6)  # 1 - log 2
    0.306853
    """

    @tf.custom_gradient
    def with_derivatives(first, second):
        close = (first <= 3 * second) & (second <= 3 * first)
        step = tf.where(close, first - second, tf.zeros_like(first))
        nodes, weights = np.polynomial.legendre.leggauss(16)
        nodes, weights = (nodes + 1) / 2, weights / 2
        between = second[..., tf.newaxis] + step[..., tf.newaxis] * nodes
        slopes = -digamma_gap_slope(dimension, between)
        apart = digamma_gap(dimension, second) - digamma_gap(dimension, first)
        near_gap = step * tf.reduce_sum(slopes * weights, axis=-1)
        near = step**2 * tf.reduce_sum(slopes * (weights * nodes), axis=-1)
        far = kl_to_uniform(dimension, first) - kl_to_uniform(dimension, second)
        value = tf.where(close, near, far - second * apart)
        fall = tf.where(close, near_gap, apart)

        def gradient(upstream):
            slope = -digamma_gap_slope(dimension, first)
            return upstream * (first - second) * slope, -upstream * fall

        return value, gradient

    return with_derivatives(first, second)


def inverse_digamma_gap(dimension: int, gap: tf.Tensor) -> tf.Tensor:
    """Returns the concentration at which `digamma_gap` has the given value.

    This is what a maximum likelihood fit solves. Newton's method for the reciprocal of
    the gap, which is almost a straight line, reaches float64's precision in six steps
    from 0.

    Args:
      dimension: d >= 2.
      gap: float64 tensor; 0 yields infinity, and what is at least the gap of the
        uniform distribution yields 0.

    Returns:
      float64 tensor of that shape.

    >>> gap = digamma_gap(50, tf.constant(80.0, tf.float64))
    >>> round(float(inverse_digamma_gap(50, gap)), 9)
    80.0
    """
    largest = digamma_gap(dimension, tf.zeros([], tf.float64))
    inside = (gap > 0) & (gap < largest)
    safe = tf.where(inside, gap, largest)
    kappa = tf.zeros_like(safe)
    for _ in range(6):
        reached = digamma_gap(dimension, kappa)
        slope = digamma_gap_slope(dimension, kappa)
        kappa += reached * (1 - reached / safe) / slope
        kappa = tf.maximum(kappa, tf.zeros_like(kappa))
    ends = tf.where(gap <= 0, tf.constant(np.inf, tf.float64), gap)
    ends = tf.where(gap >= largest, tf.constant(0.0, tf.float64), ends)
    return tf.where(inside, kappa, ends)


def _shifted(a: float) -> float:
    return a + math.ceil(max(0.0, _LEAST_ARGUMENT - a))


def _second_order(a: float, kappa: tf.Tensor) -> tf.Tensor:
    """g(a) minus the leading a' log(1 + k / a') - k at the shifted argument a'."""
    start = _shifted(a)
    total = tf.zeros_like(kappa)
    for step in range(round(start - a)):
        total -= _log1p_rise(kappa / (a + step))
    share = kappa / (kappa + start)
    rho = start / (kappa + start)
    polynomial = horner(_stirling_polynomial(start), rho)
    return total - _log1p_rise(kappa / start) / 2 - share**2 * polynomial


@functools.lru_cache(maxsize=64)
def _stirling_polynomial(a: float) -> tuple[float, ...]:
    """Coefficients in rho = a / b of -(S(b) - S(a) - k S'(b)) / (k / b)^2.

    S is Stirling's sum. For S = a^-p that is a^-p sum_(j=1..p) j rho^(j-1).
    """
    coefficients = np.zeros(2 * len(_STIRLING) - 1)
    for k, coefficient in enumerate(_STIRLING, start=1):
        power = 2 * k - 1
        coefficients[:power] += coefficient * a**-power * np.arange(1, power + 1)
    return tuple(coefficients)


@tf.custom_gradient
def _log1p_less(x: tf.Tensor):
    """log(1 + x) - x for x >= 0."""

    def gradient(upstream):
        return -upstream * x / (1 + x)

    return _log1p_rise_value(x) - x * x / (1 + x), gradient


@tf.custom_gradient
def _log1p_rise(x: tf.Tensor):
    """log(1 + x) - x / (1 + x) for x >= 0."""

    def gradient(upstream):
        return upstream * x / (1 + x) ** 2

    return _log1p_rise_value(x), gradient


def _log1p_rise_value(x: tf.Tensor) -> tf.Tensor:
    """As 2 artanh(r) - 2 r / (1 + r) with r = x / (2 + x) where it is small."""
    small = x < 1
    inner = tf.where(small, x, tf.zeros_like(x))
    r = inner / (2 + inner)
    square = r * r
    series = horner(_ARTANH, square)
    near = 2 * square * (r * series + 1 / (1 + r))
    outer = tf.where(small, tf.ones_like(x), x)
    return tf.where(small, near, tf.math.log1p(outer) - outer / (1 + outer))
