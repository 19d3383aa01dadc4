"""The polar part of a von Mises-Fisher draw in three dimensions, in closed form."""

import math

import tensorflow as tf

# Below this the quantile is a series in the concentration; what it leaves out is lost
# in float32, and so is the closed form's rounding, 1e-16 / concentration^2.
_SMALL = 1e-4
# Beyond this e^(2 kappa) times any tail that is drawn is far above 1.
_LARGE = 25.0


def polar_3d(concentration: tf.Tensor, x: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """`w` and `sqrt(1 - w^2)` at the normal variates `x`, for d = 3.

    With u = Phi(x) the quantile is w = 1 + log(u + (1 - u) e^(-2 kappa)) / kappa
    (Fisher, Lewis and Embleton 1987, section 3.6.2). With the tail t on the side of `x`
    and kappa counted as negative on the side of the mean direction, its distance from
    that side's pole is log(1 + t (e^(2 kappa) - 1)) / kappa: no difference of large
    numbers. Taken in float64, so that automatic differentiation gives the derivative
    in the concentration to float32's precision.

    Args:
      concentration: float32 tensor that broadcasts against `x`; NaN gives NaN.
      x: float32 tensor of any shape, |x| < 6.8.

    Returns:
      Two float32 tensors of the broadcast shape.

    >>> w, s = polar_3d(tf.constant([0.0, 10.0]), tf.zeros([2]))
    >>> [round(float(v), 4) for v in w]
    [0.0, 0.9307]
    """
    is_south = x < 0
    tail = tf.math.erfc(tf.abs(tf.cast(x, tf.float64)) / math.sqrt(2)) / 2
    kappa = tf.cast(concentration, tf.float64)
    is_small = kappa < _SMALL

    few = tf.minimum(kappa, _SMALL)
    few = tf.where(is_south, few, -few)
    series = 2 * tail + 4 * tail * (1 - tail) * (few / 2 + (1 - 2 * tail) * few**2 / 3)

    many = tf.where(is_small, tf.ones_like(kappa), kappa)
    many = tf.where(is_south, many, -many)
    capped = tf.minimum(many, _LARGE)
    distance = tf.where(
        many < _LARGE,
        tf.math.log1p(tail * tf.math.expm1(2 * capped)) / capped,
        2 + tf.math.log(tail) / many,
    )
    distance = tf.where(is_small, series, distance)
    w = tf.where(is_south, distance - 1, 1 - distance)
    s = tf.sqrt(distance * (2 - distance))
    return tf.cast(w, tf.float32), tf.cast(s, tf.float32)
