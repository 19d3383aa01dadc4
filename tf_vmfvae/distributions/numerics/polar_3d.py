"""`w = mu'z` of a von Mises-Fisher draw in three dimensions, in closed form."""

import tensorflow as tf

# Added to the concentration to avoid dividing by 0. It changes w by less than float32
# can show, and keeps the derivative's error, 1e-16 / kappa, below 1e-8.
_LEAST = 2.0**-25


def polar_3d(concentration: tf.Tensor, tail: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns `w` and `sqrt(1 - w^2)` with `P(W > w) = tail`, for d = 3.

    1 - w = -log(1 - tail (1 - e^(-2 kappa))) / kappa (Fisher, Lewis and Embleton 1987,
    section 3.6.2). Evaluated in float64: the digits that cancel in the formula, and in
    its derivative in the concentration, are beyond those of float32.

    Args:
      concentration: float32 tensor that broadcasts against `tail`; NaN gives NaN.
      tail: float64 tensor of any shape, in (0, 1).

    Returns:
      Two float32 tensors of the broadcast shape.

    >>> tail = tf.constant([0.5, 0.5], tf.float64)
    >>> w, s = polar_3d(tf.constant([0.0, 10.0]), tail)
    >>> [round(float(v), 4) for v in w]
    [0.0, 0.9307]
    """
    kappa = tf.cast(concentration, tf.float64) + _LEAST
    distance = -tf.math.log1p(tail * tf.math.expm1(-2 * kappa)) / kappa
    w = 1 - distance
    s = tf.sqrt(distance * (2 - distance))
    return tf.cast(w, tf.float32), tf.cast(s, tf.float32)
