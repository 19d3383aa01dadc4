"""Expectations under a spherical Cauchy distribution, by one quadrature rule.

A draw is the image of a uniform point `u` under a Moebius map of the sphere (Kato and
McCullagh 2020). Along the mean direction the map is a shift:

    artanh(mu'z) = artanh(mu'u) + 2 artanh(rho),

and `y = artanh(mu'u)` has a density proportional to `cosh(y)^-n`, `n = d - 1`, for
every rho. Averaged over `y` and `-y`, all expectations are those of functions of
`S = 1 / cosh(y)^2 = 1 - (mu'u)^2` that are sums of positive terms. The KL divergence to
the uniform distribution, for instance, is

    n / 2 E[log(1 + a^2 S)],    a = sinh(2 artanh(rho)) = 2 rho / (1 - rho^2).

All of them are analytic in the strip `|Im y| < pi / 2` whatever rho is, so the
trapezoidal rule in `y` reaches float64's precision with nodes that depend on the
dimension alone: 184 for d = 2, 18 for d = 50. Everything is evaluated in float64.
"""

import functools

import numpy as np
import tensorflow as tf

# exp(-_EXPONENT) is below float64's precision.
_EXPONENT = 40.0
# 2 artanh(rho) of the largest float64 below 1, rounded up.
_LARGEST_SHIFT = 38.0
# Newton's steps to the concentration of a KL, enough for d from 2 to 100,000.
_STEPS = 6


def kl_to_uniform(dimension: int, rho: tf.Tensor) -> tf.Tensor:
    """KL divergence from spherical Cauchy to uniform, in nats.

    Args:
      dimension: d >= 2.
      rho: float64 tensor, concentrations in [0, 1).

    Returns:
      float64 tensor of the same shape.

    >>> rho = tf.constant(0.5, tf.float64)
    >>> round(float(kl_to_uniform(2, rho)), 6)  # -log(1 - rho^2)
    0.287682
    """
    return kl_of_square(dimension, _stretch(rho) ** 2)


def kl_of_square(dimension: int, square: tf.Tensor) -> tf.Tensor:
    """Does the same as a function of `a^2 = (2 rho / (1 - rho^2))^2`.

    Args:
      dimension: d >= 2.
      square: float64 tensor, non-negative.

    Returns:
      float64 tensor of the same shape.
    """
    rule, half_rate = _rule(dimension), (dimension - 1.0) / 2
    return half_rate * rule.mean(tf.math.log1p(square[..., tf.newaxis] * rule.shares))


def mean(dimension: int, rho: tf.Tensor) -> tf.Tensor:
    """Returns E[mu'z].

    Args:
      dimension: d >= 2.
      rho: float64 tensor, concentrations in [0, 1).

    Returns:
      float64 tensor of the same shape.

    >>> rho = tf.constant(0.5, tf.float64)
    >>> round(float(mean(2, rho)), 6)  # rho itself
    0.5
    """

    @tf.custom_gradient
    def with_derivative(rho):
        a = _stretch(rho)
        value = a * tf.sqrt(1 + a * a) * _damped_share(dimension, a)

        # The quotients' own derivatives would cancel where rho is close to 1.
        def gradient(upstream):
            slope = 2 / ((1 - rho) * (1 + rho))
            return upstream * slope * mean_square_across(dimension, rho)

        return value, gradient

    return with_derivative(rho)


def mean_square_across(dimension: int, rho: tf.Tensor) -> tf.Tensor:
    """Returns E[1 - (mu'z)^2], also the derivative of E[mu'z] in 2 artanh(rho).

    Args:
      dimension: d >= 2.
      rho: float64 tensor, concentrations in [0, 1).

    Returns:
      float64 tensor of the same shape.
    """
    rule = _rule(dimension, growth=2)
    square = (_stretch(rho) ** 2)[..., tf.newaxis]
    top = rule.shares * (1 + square * (2 - rule.shares))
    return rule.mean(top / (1 + square * rule.shares) ** 2)


def deficit_and_variance(dimension: int, rho: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns 1 - E[mu'z], and the variance of mu'z, without cancellation.

    Args:
      dimension: d >= 2.
      rho: float64 tensor, concentrations in [0, 1).

    Returns:
      Two float64 tensors of the same shape.
    """
    squeeze = (((1 - rho) / (1 + rho)) ** 2)[..., tf.newaxis]
    rule = _rule(dimension, growth=4)
    # 1 - tanh of the shifted y and of the shifted -y.
    deficits = [
        2 * squeeze / (squeeze + rule.squares),
        2 * squeeze * rule.squares / (1 + squeeze * rule.squares),
    ]
    deficit = rule.mean(tf.add_n(deficits) / 2)
    middle = deficit[..., tf.newaxis]
    squares = tf.add_n([(values - middle) ** 2 for values in deficits]) / 2
    return deficit, rule.mean(squares)


def concentration_of_kl(dimension: int, kl: tf.Tensor) -> tf.Tensor:
    """Returns the concentration with a given KL divergence to the uniform distribution.

    In `eta = 2 artanh(rho)`, the KL is convex and its derivative is n E[mu'z]. Newton's
    method starts from the value for S = 1, which is too small by at most log 2.

    Args:
      dimension: d >= 2.
      kl: float64 tensor of nats, from 0 to 300 (d - 1).

    Returns:
      float64 tensor of the same shape.

    >>> kl = kl_to_uniform(50, tf.constant(0.4, tf.float64))
    >>> round(float(concentration_of_kl(50, kl)), 12)
    0.4
    """
    rate = dimension - 1.0
    eta = tf.asinh(tf.sqrt(tf.math.expm1(2 * kl / rate)))
    for _ in range(_STEPS):
        a = tf.sinh(eta)
        slope = rate * a * tf.cosh(eta) * _damped_share(dimension, a)
        eta += tf.math.divide_no_nan(kl - kl_of_square(dimension, a * a), slope)
    return tf.tanh(eta / 2)


class _Rule:
    """Nodes and weights for `y >= 0` of one dimension, float64 arrays.

    Args:
      dimension: d >= 2.
      growth: how fast the integrand grows with y at most: as `exp(growth y)` until y
        is 2 artanh(rho). What is cut off must be small compared with what is not.

    Attributes:
      weights: how much each node counts; they sum to 1.
      shares: S = cosh(y)^-2.
      squares: exp(2 y).
    """

    def __init__(self, dimension: int, growth: int):
        rate = dimension - 1.0
        # The error of the rule with the step h is exp(-2 pi v / h) times the integrand
        # at the height v in the strip, which grows as cos(v)^-n; any v will do.
        height = np.linspace(0, np.pi / 2, 2000)[1:-1]
        allowed = _EXPONENT - rate * np.log(np.cos(height))
        step = np.max(2 * np.pi * height / allowed)
        end = _LARGEST_SHIFT + _EXPONENT / rate
        if rate > growth:
            end = min(end, np.arccosh(np.exp(_EXPONENT / (rate - growth))))
        y = np.arange(0, end + step, step)
        log_cosh = y + np.log1p(np.exp(-2 * y)) - np.log(2)
        weights = np.exp(-rate * log_cosh)
        # All but the first node stand for -y too.
        weights[0] /= 2
        self.weights = weights / weights.sum()
        self.shares = np.exp(-2 * log_cosh)
        self.squares = np.exp(2 * y)

    def mean(self, values: tf.Tensor) -> tf.Tensor:
        """Returns the weighted sum over the last axis, which runs over the nodes."""
        return tf.tensordot(values, self.weights, 1)


@functools.lru_cache(maxsize=64)
def _rule(dimension: int, growth: int = 0) -> _Rule:
    return _Rule(dimension, growth)


def _stretch(rho: tf.Tensor) -> tf.Tensor:
    """Returns a = 2 rho / (1 - rho^2)."""
    return 2 * rho / ((1 - rho) * (1 + rho))


def _damped_share(dimension: int, a: tf.Tensor) -> tf.Tensor:
    """Returns E[S / (1 + a^2 S)]."""
    rule = _rule(dimension)
    square = (a * a)[..., tf.newaxis]
    return rule.mean(rule.shares / (1 + square * rule.shares))
