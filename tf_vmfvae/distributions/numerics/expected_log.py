"""E[log((1 + nu'z) / 2)] for `z` around another direction than `nu`.

What a KL divergence to a power spherical distribution needs. In zonal harmonics both
the logarithm and the density around `mu` are known, and by the Funk-Hecke theorem

    E[log(1 + nu'z)] = constant + sum_(l >= 1) (-1)^(l - 1) w_l r_l P_l(mu'nu),
    w_l = 1 / l + 1 / (l + n - 1),    n = d - 1.

`P_l` is the Gegenbauer polynomial of dimension d with `P_l(1) = 1` and `r_l = E[P_l]`
about the mean direction: a product of l ratios,

    (kappa - j) / (kappa + n + j)       power spherical (by Rodrigues' formula),
    I_(v + j + 1)(k) / I_(v + j)(k)     von Mises-Fisher, v = d / 2 - 1,

for j = 0, ..., l - 1. The sum and its derivatives in the concentration and in the
cosine come from one backward (Clenshaw) recurrence in float64.
"""

import numpy as np
import tensorflow as tf

from tf_vmfvae.distributions.numerics import gamma_ratio

# exp(-_EXPONENT) is below float64's precision.
_EXPONENT = 42.0
# What the terms that are left out may add up to where they fall only as a power of l.
_TAIL = 1e-11
_MOST_TERMS = 20_000.0


def power_spherical_turn(
    dimension: int, concentration: tf.Tensor, turn: tf.Tensor
) -> tf.Tensor:
    """Returns E[log((1 + mu'z) / (1 + nu'z))] for z power spherical around mu.

    Args:
      dimension: d >= 2.
      concentration: float64 tensor; results are NaN above about 9e6.
      turn: 1 - mu'nu, float64 tensor of the same shape.

    Returns:
      float64 tensor of that shape, with derivatives. The error is below 1e-9; on the
      circle (d = 2) it may reach 2e-6 for angles below 0.001 and concentrations below
      1 / 2.
    """
    # In three dimensions the terms fall slowly where kappa is small, but raising kappa
    # by 1 adds a power of (1 - mu'nu) / 2 only.
    rises = 8 if dimension == 3 else 0
    raised = concentration + rises
    # The whole sum at the mean direction itself has a closed form.
    value = gamma_ratio.digamma_gap(dimension, tf.zeros([], tf.float64))
    value -= gamma_ratio.digamma_gap(dimension, raised)
    value -= _series(dimension, raised, turn, _PowerSphericalRatios)
    # The derivative of a power at 0 is that of a small number's.
    share = tf.maximum(turn / 2, tf.constant(1e-300, tf.float64))
    for step in range(1, rises + 1):
        exponent = concentration + step
        value -= share**exponent / exponent
    return value


def von_mises_fisher_log(
    dimension: int, concentration: tf.Tensor, turn: tf.Tensor
) -> tf.Tensor:
    """Returns E[log(1 + nu'z)] for z von Mises-Fisher, less that for z uniform.

    Args:
      dimension: d >= 2.
      concentration: float64 tensor; results are NaN above about 4e6.
      turn: 1 - mu'nu, float64 tensor of the same shape.

    Returns:
      float64 tensor of that shape, with derivatives.
    """
    return _series(dimension, concentration, turn, _VonMisesFisherRatios)


class _PowerSphericalRatios:
    """Ratios r_(l+1) / r_l and their derivatives in the concentration."""

    @staticmethod
    def terms(rate, kappa):
        """Returns how many terms are needed."""
        # -log of a ratio is at least (n + 2 j) / (kappa + n + j) while j < kappa.
        fast = _positive_root(rate - _EXPONENT, _EXPONENT * (kappa + rate))
        # Beyond kappa, terms fall as l^-(2 kappa + n + 1).
        power = 2 * kappa + rate
        slow = (kappa + 1) * tf.minimum(_TAIL ** (-1 / power), _MOST_TERMS)
        slow = tf.maximum(fast, tf.minimum(slow, _MOST_TERMS))
        return tf.where(fast < kappa, fast, slow)

    @staticmethod
    def first(rate, kappa, degree):
        return tf.zeros_like(kappa), tf.zeros_like(kappa)

    @staticmethod
    def before(rate, kappa, degree, following, slope):
        base = kappa + rate + degree
        return (kappa - degree) / base, (rate + 2 * degree) / base**2


class _VonMisesFisherRatios:
    """Ratios of Bessel functions, from the top down (DLMF 10.29.1)."""

    @staticmethod
    def terms(rate, kappa):
        # -log of a ratio is at least x / (1 + x), x = (v + j + 1 / 2) / kappa.
        return _positive_root(rate - 2 * _EXPONENT, 2 * _EXPONENT * (kappa + rate / 2))

    @staticmethod
    def first(rate, kappa, degree):
        order = rate / 2 + degree + 1.0
        root = tf.sqrt(order**2 + kappa**2)
        ratio = kappa / (order + root)
        return ratio, order / (root * (order + root))

    @staticmethod
    def before(rate, kappa, degree, following, slope):
        # 1 / (2 (v + j + 1) / kappa + the following ratio), finite at kappa = 0.
        bottom = rate + 1 + 2 * degree + kappa * following
        ratio = kappa / bottom
        return ratio, (1 - ratio * (following + kappa * slope)) / bottom


def _positive_root(b, c):
    """Returns the positive root of x^2 + b x - c."""
    return (tf.sqrt(b**2 + 4 * c) - b) / 2


def _series(dimension, concentration, turn, family):
    # A tensor: one graph serves all dimensions.
    rate = tf.constant(dimension - 1.0, tf.float64)

    @tf.custom_gradient
    def with_derivatives(kappa, turn):
        needed = tf.math.ceil(family.terms(rate, kappa))
        known = (kappa >= 0) & (needed <= _MOST_TERMS) & tf.math.is_finite(turn)
        safe = tf.where(known, kappa, tf.ones_like(kappa))
        top = tf.reduce_max(tf.where(known, needed, tf.ones_like(needed)))
        value, by_kappa, by_cosine = _clenshaw(rate, safe, 1 - turn, top, family)
        nan = tf.constant(np.nan, tf.float64)

        def gradient(upstream):
            return upstream * by_kappa, -upstream * by_cosine

        return tf.where(known, value, nan), gradient

    return with_derivatives(concentration, turn)


@tf.function(autograph=False, reduce_retracing=True)
def _clenshaw(rate, kappa, cosine, top, family):
    """Returns the sum of the terms up to `top` and its derivatives.

    With R_l = r_l P_l and the ratios q_l, the recurrence is
    R_(l+1) = q_l (up c R_l - down q_(l-1) R_(l-1)).
    """
    zero = tf.zeros_like(kappa + cosine)

    def unfinished(degree, *state):
        return degree >= 0

    def one_degree(degree, b1, b2, k1, k2, c1, c2, q1, slope1):
        q, slope = family.before(rate, kappa, degree, q1, slope1)
        first = degree < 0.5
        safe = tf.where(first, tf.ones_like(degree), degree)
        sign = 2 * tf.math.floormod(degree, 2) - 1
        weight = sign * (1 / safe + 1 / (safe + rate - 1))
        weight = tf.where(first, tf.zeros_like(weight), weight)
        up = tf.where(first, safe, (2 * safe + rate - 1) / (safe + rate - 1))
        down = (degree + 1) / (degree + rate)
        pair, pair_slope = q * q1, slope * q1 + q * slope1
        b = weight + up * cosine * q * b1 - down * pair * b2
        k = up * cosine * (slope * b1 + q * k1) - down * (pair_slope * b2 + pair * k2)
        c = up * q * (b1 + cosine * c1) - down * pair * c2
        return degree - 1, b, b1, k, k1, c, c1, q + zero, slope + zero

    q, slope = family.first(rate, kappa, top + 1)
    state = [top, *[zero] * 6, q + zero, slope + zero]
    result = tf.while_loop(unfinished, one_degree, state)
    return result[1], result[3], result[5]
