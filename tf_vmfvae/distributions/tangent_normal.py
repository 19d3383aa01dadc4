"""Laws on the sphere that are symmetric about a mean direction.

They differ in the law of `w = mu'z` only; what is left of `z` is uniform among the
directions orthogonal to `mu` (the tangent-normal decomposition).
"""

from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow_probability.python.internal import prefer_static

from tf_vmfvae.distributions import arguments
from tf_vmfvae.distributions.normal_noise import standard_normal, uniform_and_circle
from tf_vmfvae.distributions.polar import finite_or_nan, fixed_polar, polar
from tf_vmfvae.distributions.polar_3d import polar_3d
from tf_vmfvae.distributions.quantile_table import VON_MISES_FISHER, Law

# Sums over more coordinates than this are taken in float64.
_LONG = 1024
# Up to so many dimensions the coordinates are the first axis while drawing.
_SHORT = 8
# How far from 1 a squared norm may be by rounding.
_SQUARE_TOLERANCE = 2e-4
_HALF_PRECISION_TOLERANCE = {tf.bfloat16: 4e-2, tf.float16: 6e-3}


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
    # In few dimensions the coordinates go first: sums and products over a short last
    # axis are slow outside XLA.
    axis = 0 if dimension <= _SHORT else -1
    # Float64 has no wider type to take the closed form's differences in.
    if law is VON_MISES_FISHER and dimension == 3 and compute == tf.float32:
        w, rest = _draw_3d(concentration, shape, seed)
    else:
        w, rest = _draw(law, dimension, distribution, shape, seed, compute, axis)
    if mean_direction.dtype != compute:
        mean_direction = _wide_unit_or_nan(mean_direction)
    if axis == 0:
        mean_direction = _coordinates_first(mean_direction, rest.shape.rank)
    draws = place(tf.expand_dims(w, axis), rest, mean_direction, axis)
    if axis == 0:
        draws = tf.transpose(draws, [*range(1, rest.shape.rank), 0])
    return tf.cast(draws, distribution.dtype)


def _draw_3d(concentration, shape, seed):
    """The same in three dimensions, with fewer random numbers and no table."""
    tail, (x, y) = uniform_and_circle(shape, seed)
    w, s = polar_3d(finite_or_nan(tf.cast(concentration, tf.float32)), tail)
    return w, tf.stack([tf.zeros_like(x), s * x, s * y])


def _draw(law, dimension, distribution, shape, seed, dtype, axis):
    """`w`, and what is left of a draw about the first axis: 0 in its first place."""
    noise = standard_normal(shape, dimension, seed, dtype, axis)
    x = noise[0] if axis == 0 else noise[..., 0]
    fixed = distribution._fixed_concentration
    if fixed is None:
        w, s = polar(
            law, dimension, tf.convert_to_tensor(distribution.concentration), x
        )
    else:
        w, s = fixed_polar(law, dimension, fixed, x)
    rest = noise * (1 - _first_axis(noise, axis))
    pull = tf.expand_dims(s, axis) * tf.math.rsqrt(_sum_of(rest, rest, axis))
    return w, pull * rest


def _first_axis(like, axis):
    """The first basis vector, broadcasting against `like`."""
    size = like.shape[axis]
    first = np.zeros(size, like.dtype.as_numpy_dtype)
    first[0] = 1
    return first if axis == -1 else first.reshape([size] + [1] * (like.shape.rank - 1))


def _coordinates_first(vectors: tf.Tensor, rank: int) -> tf.Tensor:
    """[..., d] to [d, 1, ..., 1, ...], of the given rank."""
    missing = [1] * (rank - vectors.shape.rank)
    shape = prefer_static.concat([missing, prefer_static.shape(vectors)], axis=0)
    vectors = tf.reshape(vectors, shape)
    return tf.transpose(vectors, [rank - 1, *range(rank - 1)])


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
    return tf.cast(_wide_unit_or_nan(mean_direction), mean_direction.dtype)


def _wide_unit_or_nan(mean_direction: tf.Tensor) -> tf.Tensor:
    """The same in float32 where the dtype is narrower."""
    tolerance = _HALF_PRECISION_TOLERANCE.get(mean_direction.dtype)
    if tolerance is None:
        return mean_direction * _unit_scale(mean_direction)
    wide = tf.cast(mean_direction, tf.float32)
    return wide * _unit_scale(wide, tolerance=tolerance)


def place(
    w: tf.Tensor, rest: tf.Tensor, mean_direction: tf.Tensor, axis: int = -1
) -> tf.Tensor:
    """Carries `w e + rest`, about the first basis vector `e`, to the mean direction.

    The reflection that carries `e` to `mu` (or to `-mu`, whichever is farther from it,
    so that no denominator is below 1) carries along what is orthogonal to `e`. Finite
    for every mean direction, and so is its derivative.

    Args:
      w: mu'z, with a 1 in the place of d.
      rest: [..., d], of the length sqrt(1 - w^2), 0 in its first coordinate.
      mean_direction: unit vectors, broadcasting against `rest`; if their norm is not
        1 up to rounding, the result is NaN.
      axis: that of the coordinates, -1 or 0.

    Returns:
      Tensor like `rest`.

    >>> w, rest = tf.constant([[0.6]]), tf.constant([[0.0, 0.8]])
    >>> z = place(w, rest, tf.constant([[0.0, 1.0]]))
    >>> [round(float(v), 4) for v in z[0]]
    [-0.8, 0.6]
    """
    scale = _unit_scale(mean_direction, axis)
    lead = mean_direction[:1] if axis == 0 else mean_direction[..., :1]
    lead = lead * scale
    along = scale * _sum_of(rest, mean_direction, axis) / (1 + tf.abs(lead))
    sign = tf.where(lead < 0, tf.constant(-1, w.dtype), tf.constant(1, w.dtype))
    shift = scale * (w - along)
    return rest + mean_direction * shift - (sign * along) * _first_axis(rest, axis)


def _unit_scale(
    mean_direction: tf.Tensor, axis: int = -1, tolerance: float = _SQUARE_TOLERANCE
) -> tf.Tensor:
    """1 / |mu|, with a 1 in the place of d, or NaN if it is not 1 up to rounding."""
    square = _sum_of(mean_direction, mean_direction, axis)
    valid = tf.abs(square - 1) <= tolerance
    nan = tf.constant(np.nan, square.dtype)
    return tf.where(valid, tf.math.rsqrt(square), nan)


def _sum_of(a: tf.Tensor, b: tf.Tensor, axis: int = -1) -> tf.Tensor:
    """Inner product over an axis that is kept, as exact as the dtype can hold it."""
    product = a * b
    if product.shape[axis] > _LONG:
        product = tf.cast(product, tf.float64)
    return tf.cast(tf.reduce_sum(product, axis=axis, keepdims=True), a.dtype)
