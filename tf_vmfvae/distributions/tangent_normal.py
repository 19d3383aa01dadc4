"""Laws on the sphere that are symmetric about a mean direction.

They differ in the law of `w = mu'z` only; what is left of `z` is uniform among the
directions orthogonal to `mu` (the tangent-normal decomposition).
"""

from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow_probability.python.internal import prefer_static

from tf_vmfvae.distributions import arguments
from tf_vmfvae.distributions.normal_noise import standard_normal
from tf_vmfvae.distributions.polar import fixed_polar, polar
from tf_vmfvae.distributions.quantile_table import Law

# Sums over more coordinates than this are taken in float64.
_LONG = 1024
# How far from 1 a squared norm may be by rounding; 2e-4 for float32 and float64.
_SQUARE_TOLERANCE = {tf.bfloat16: 4e-2, tf.float16: 6e-3}


def sample(law: Law, distribution: Any, n: tf.Tensor, seed: tf.Tensor) -> tf.Tensor:
    """Draws from a distribution with a mean direction and a concentration.

    Args:
      law: family of the law of `w`.
      distribution: has mean_direction, concentration and their batch shape.
      n: number of draws.
      seed: int32 [2], a stateless seed.

    Returns:
      Tensor [n, *batch, d] of the distribution's dtype.
    """
    dimension = arguments.static_dimension(distribution)
    compute = tf.float64 if distribution.dtype == tf.float64 else tf.float32
    mean_direction = tf.convert_to_tensor(distribution.mean_direction)
    concentration = tf.convert_to_tensor(distribution.concentration)
    batch_shape = prefer_static.broadcast_shape(
        prefer_static.shape(mean_direction)[:-1], prefer_static.shape(concentration)
    )
    shape = prefer_static.concat([[n], batch_shape], axis=0)
    noise = standard_normal(shape, dimension, seed, compute)
    fixed = distribution._fixed_concentration
    if fixed is None:
        w, s = polar(law, dimension, concentration, noise[..., 0])
    else:
        w, s = fixed_polar(law, dimension, fixed, noise[..., 0])
    w, s = w[..., tf.newaxis], s[..., tf.newaxis]
    draws = place(w, s, noise, tf.cast(mean_direction, compute))
    return tf.cast(draws, distribution.dtype)


def narrow(distribution: Any, value: tf.Tensor) -> tf.Tensor:
    """A float64 statistic in the batch's shape and dtype; NaN as the mean is."""
    unit = unit_or_nan(tf.convert_to_tensor(distribution.mean_direction))[..., 0]
    return tf.where(tf.math.is_nan(unit), unit, tf.cast(value, distribution.dtype))


def covariance(distribution: Any, along: tf.Tensor, across: tf.Tensor) -> tf.Tensor:
    """Covariance matrix from the variances along `mu` and orthogonal to it."""
    unit = unit_or_nan(tf.convert_to_tensor(distribution.mean_direction))
    outer = unit[..., :, tf.newaxis] * unit[..., tf.newaxis, :]
    eye = tf.eye(arguments.static_dimension(distribution), dtype=unit.dtype)
    across, along = (
        tf.cast(v, unit.dtype)[..., tf.newaxis, tf.newaxis] for v in (across, along)
    )
    return across * (eye - outer) + along * outer


def variance(distribution: Any, along: tf.Tensor, across: tf.Tensor) -> tf.Tensor:
    """Diagonal of that matrix."""
    square = unit_or_nan(tf.convert_to_tensor(distribution.mean_direction)) ** 2
    along, across = (tf.cast(v, square.dtype)[..., tf.newaxis] for v in (along, across))
    return across * (1 - square) + along * square


def unit_or_nan(mean_direction: tf.Tensor) -> tf.Tensor:
    """Mean directions to full precision on the sphere; NaN if they were not on it.

    A norm within 1e-4 of 1 (more in half precision) is rounding and is put right;
    anything else is an error that must not turn into a plausible number.

    Args:
      mean_direction: floating tensor [..., d].

    Returns:
      Tensor of the same shape and dtype.

    >>> unit_or_nan(tf.constant([[1.0, 0.0], [2.0, 0.0]])).numpy().tolist()
    [[1.0, 0.0], [nan, nan]]
    """
    return mean_direction * _unit_scale(mean_direction)


def place(
    w: tf.Tensor, s: tf.Tensor, noise: tf.Tensor, mean_direction: tf.Tensor
) -> tf.Tensor:
    """Unit vectors with `mu'z = w` and a uniform direction around `mu`.

    The noise after its first coordinate, normalised, is uniform among the unit
    vectors orthogonal to the first axis; the reflection that carries this axis to
    `mu` (or to `-mu`, whichever is farther from it, so that no denominator is below
    1) carries them along. Finite for every mean direction, and so is its derivative.

    Args:
      w: mu'z, shape [..., 1].
      s: sqrt(1 - w^2), shape [..., 1].
      noise: standard normal [..., d]; its first coordinate is not used.
      mean_direction: unit vectors, broadcasting against `noise`; if their norm is not
        1 up to rounding, the result is NaN.

    Returns:
      Tensor like `noise`.
    """
    others = np.ones(noise.shape[-1], noise.dtype.as_numpy_dtype)
    others[0] = 0
    rest = noise * others
    pull = s * tf.math.rsqrt(_sum_of(rest, rest))
    scale = _unit_scale(mean_direction)
    lead = mean_direction[..., :1] * scale
    along = pull * scale * _sum_of(rest, mean_direction) / (1 + tf.abs(lead))
    sign = tf.where(lead < 0, tf.constant(-1, w.dtype), tf.constant(1, w.dtype))
    shift = scale * (w - along)
    return pull * rest + mean_direction * shift - (sign * along) * (1 - others)


def _unit_scale(mean_direction: tf.Tensor) -> tf.Tensor:
    """1 / |mu|, shape [..., 1], or NaN if that is not 1 up to rounding."""
    square = _sum_of(mean_direction, mean_direction)
    valid = tf.abs(square - 1) <= _SQUARE_TOLERANCE.get(square.dtype, 2e-4)
    nan = tf.constant(np.nan, square.dtype)
    return tf.where(valid, tf.math.rsqrt(square), nan)


def _sum_of(a: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """Inner product over the last axis, kept, as exact as the dtype can hold it."""
    product = a * b
    if product.shape[-1] > _LONG:
        product = tf.cast(product, tf.float64)
    return tf.cast(tf.reduce_sum(product, axis=-1, keepdims=True), a.dtype)
