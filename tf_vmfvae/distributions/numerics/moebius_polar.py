"""`w = mu'z` of a spherical Cauchy draw: a Moebius map of a uniform point."""

import tensorflow as tf

from tf_vmfvae.distributions.numerics.polar import from_exponential


def moebius_polar(
    concentration: tf.Tensor, x: tf.Tensor, square: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor]:
    """Returns `w` and `sqrt(1 - w^2)` from one vector of normal noise per draw.

    The noise, normalised, is a uniform point with the cosine `t = x / |noise|` to the
    mean direction. The map (Kato and McCullagh 2020) multiplies
    `sqrt((1 - t) / (1 + t))` by `(1 - rho) / (1 + rho)`. The results are differentiable
    in rho.

    Args:
      concentration: rho, float32 or float64 tensor that broadcasts against `x`; NaN
        unless it lies in [0, 1).
      x: first coordinate of the noise, tensor of that dtype.
      square: sum of the squares of the other coordinates, above 0, like `x`.

    Returns:
      Two tensors like `x`.

    >>> x, square = tf.constant([0.0, 3.0]), tf.constant([1.0, 16.0])
    >>> w, s = moebius_polar(tf.constant([0.5, 0.0]), x, square)
    >>> [round(float(v), 4) for v in w]
    [0.8, 0.6]
    """
    rest = tf.sqrt(square)
    far = tf.abs(x) + tf.sqrt(x * x + square)
    q = tf.where(x >= 0, rest / far, far / rest)
    return from_exponential((1 - concentration) / (1 + concentration) * q)
