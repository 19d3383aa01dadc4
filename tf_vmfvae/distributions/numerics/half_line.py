"""Moments of a normal distribution on the half-line.

What remains of a multivariate normal distribution along a ray from the origin has the
density `t^n exp(-(t - a)^2 / 2)` up to a constant. Its integral and, by
differentiation, its moments are sums over equidistant points in `log t`: the integrand
is smooth and falls to 0 at both ends, so the trapezoidal rule is as good as exact.
"""

import math
from typing import NamedTuple

import numpy as np
import tensorflow as tf

# The integrand is left out where it is exp(-_DEPTH) of its largest value.
_DEPTH = 40.0
# Points of the sum: few powers fall slowly towards 0.
_POINTS, _MANY_POINTS, _FEW_POWERS = 64, 512, 24


class Moments(NamedTuple):
    """Moments of the density `t^n exp(-(t - a)^2 / 2)`, in float64 and of `a`'s shape.

    Attributes:
      log_integral: logarithm of the density's integral over `t > 0`.
      mean_square: the mean of `t^2`.
      spread: the mean of `(t - a)^2`.
    """

    log_integral: tf.Tensor
    mean_square: tf.Tensor
    spread: tf.Tensor


def moments(power: int, centre: tf.Tensor) -> Moments:
    """Returns the moments of `t^n exp(-(t - a)^2 / 2)`, with derivatives in `a`.

    Args:
      power: n, an integer of at least 1.
      centre: a, float64 tensor of any shape.

    >>> found = moments(1, tf.constant(0.0, tf.float64))  # a Rayleigh distribution
    >>> [round(float(value), 6) for value in found]
    [0.0, 2.0, 2.0]
    """
    rise = power + 1.0  # d log t counts as one more power of t.
    fixed = tf.stop_gradient(centre)
    # Where the integrand in log t is largest, and how far beyond a that is; both
    # without cancellation.
    root = tf.sqrt(fixed**2 + 4 * rise)
    size = root + tf.abs(fixed)
    larger, smaller = size / 2, 2 * rise / size
    is_right = fixed > 0
    mode = tf.where(is_right, larger, smaller)
    beyond = tf.where(is_right, smaller, larger)
    # To the right it falls at least like a normal density with this curvature. To the
    # left, two bounds of how slowly it falls, the better of which counts.
    right = tf.sqrt(2 * _DEPTH / (mode**2 + rise))
    by_square = tf.where(right < 1, right / (1 - tf.minimum(right, 0.999)), np.inf)
    by_power = (_DEPTH + math.sqrt(_DEPTH**2 + 8 * _DEPTH * rise)) / (2 * rise)
    left = tf.minimum(by_square, by_power)

    points = _MANY_POINTS if rise < _FEW_POWERS else _POINTS
    steps = tf.constant(np.linspace(0.0, 1.0, points))
    offset = -left[..., None] + (left + right)[..., None] * steps
    mode = mode[..., None]
    t = mode * tf.exp(offset)
    # t - a, and its derivative in a.
    distance = beyond[..., None] + mode * tf.math.expm1(offset)
    distance -= (centre - fixed)[..., None]
    exponents = rise * tf.math.log(t) - distance**2 / 2
    weights = tf.nn.softmax(exponents)
    log_step = tf.math.log((left + right) / (points - 1))
    return Moments(
        tf.reduce_logsumexp(exponents, axis=-1) + log_step,
        tf.reduce_sum(weights * t**2, axis=-1),
        tf.reduce_sum(weights * distance**2, axis=-1),
    )
