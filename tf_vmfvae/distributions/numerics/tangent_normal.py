"""Draws from distributions that are symmetric about a mean direction.

They differ only in the distribution of `w = mu'z`; the rest of `z` is uniform among the
directions orthogonal to `mu` (the tangent-normal decomposition).
"""

from collections.abc import Callable

import numpy as np
import tensorflow as tf

from tf_vmfvae.distributions.numerics.moebius_polar import moebius_polar
from tf_vmfvae.distributions.numerics.normal_noise import (
    standard_normal,
    uniform_and_circle,
)
from tf_vmfvae.distributions.numerics.polar import finite_or_nan, fixed_polar, polar
from tf_vmfvae.distributions.numerics.polar_3d import polar_3d
from tf_vmfvae.distributions.numerics.quantile_table import VON_MISES_FISHER, Family
from tf_vmfvae.distributions.numerics.tfp_internals import prefer_static

# (shape of the draws, seed, dtype, axis of the coordinates: 0 or -1) -> (w, rest), as
# `place` takes them, but without the axis of length 1 in `w`.
Draw = Callable[[tf.Tensor, tf.Tensor, tf.DType, int], tuple[tf.Tensor, tf.Tensor]]

# Sums over more coordinates than this are taken in float64.
_LONG = 1024
# Up to this many dimensions, the coordinates are the first axis while drawing.
_SHORT = 8
# Added to the second coordinate of noise on the circle.
_LEAST_NOISE = 1e-15
# How far from 1 rounding may leave a squared norm.
_SQUARE_TOLERANCE = 2e-4
_HALF_PRECISION_TOLERANCE = {tf.bfloat16: 4e-2, tf.float16: 6e-3}


def sample(
    draw: Draw,
    dimension: int,
    mean_direction: tf.Tensor,
    batch_shape: tf.Tensor,
    n: tf.Tensor,
    seed: tf.Tensor,
) -> tf.Tensor:
    """Draws about each mean direction.

    Args:
      draw: how to draw about the first basis vector: `by_quantiles` or `by_moebius_map`
        of the concentration.
      dimension: d, of the space that holds the sphere.
      mean_direction: unit vectors [B1, ..., d].
      batch_shape: of the concentrations, which broadcast against [B1, ...].
      n: number of draws.
      seed: int32 [2], a stateless seed.

    Returns:
      Tensor [n, B1, ..., d] of the mean direction's dtype.
    """
    dtype = mean_direction.dtype
    compute = tf.float64 if dtype == tf.float64 else tf.float32
    batch_shape = prefer_static.broadcast_shape(
        prefer_static.shape(mean_direction)[:-1], batch_shape
    )
    shape = prefer_static.concat([[n], batch_shape], axis=0)
    # In few dimensions the coordinates go first: sums and products over a short last
    # axis are slow outside XLA.
    axis = 0 if dimension <= _SHORT else -1
    w, rest = draw(shape, seed, compute, axis)
    if mean_direction.dtype != compute:
        mean_direction = _wide_unit_or_nan(mean_direction)
    if axis == 0:
        mean_direction = _coordinates_first(mean_direction, rest.shape.rank)
    draws = place(tf.expand_dims(w, axis), rest, mean_direction, axis)
    if axis == 0:
        draws = tf.transpose(draws, [*range(1, rest.shape.rank), 0])
    return tf.cast(draws, dtype)


def by_quantiles(
    family: Family,
    dimension: int,
    concentration: tf.Tensor,
    fixed_concentration: float | None,
) -> Draw:
    """Returns the draws of a family whose `w` has a table of quantiles.

    Args:
      family: which family the distribution of `w` belongs to.
      dimension: d, of the space that holds the sphere.
      concentration: tensor of the batch's shape.
      fixed_concentration: its value where it is one known number, else `None`.
    """

    def draw(shape, seed, dtype, axis):
        # Float64 has no wider type in which to evaluate the closed form's differences.
        if family is VON_MISES_FISHER and dimension == 3 and dtype == tf.float32:
            return _draw_3d(concentration, shape, seed)
        x, rest, square = _noise(shape, dimension, seed, dtype, axis)
        if fixed_concentration is None:
            w, s = polar(family, dimension, concentration, x)
        else:
            w, s = fixed_polar(family, dimension, fixed_concentration, x)
        return w, _rescaled(rest, square, s, axis)

    return draw


def by_moebius_map(dimension: int, concentration: tf.Tensor) -> Draw:
    """Returns the draws of spherical Cauchy distributions.

    Args:
      dimension: d, of the space that holds the sphere.
      concentration: tensor of the batch's shape; NaN unless it lies in [0, 1).
    """

    def draw(shape, seed, dtype, axis):
        x, rest, square = _noise(shape, dimension, seed, dtype, axis)
        w, s = moebius_polar(tf.cast(concentration, dtype), x, square)
        return w, _rescaled(rest, square, s, axis)

    return draw


def _draw_3d(concentration, shape, seed):
    """Draws `w` and the rest in three dimensions: fewer random numbers, no table."""
    tail, (x, y) = uniform_and_circle(shape, seed)
    w, s = polar_3d(finite_or_nan(tf.cast(concentration, tf.float32)), tail)
    return w, tf.stack([tf.zeros_like(x), s * x, s * y])


def _noise(shape, dimension, seed, dtype, axis):
    """Returns the first coordinate of normal noise, the rest, and its squared length.

    The rest has a 0 as its first coordinate.
    """
    noise = standard_normal(shape, dimension, seed, dtype, axis)
    x = noise[0] if axis == 0 else noise[..., 0]
    rest = noise * (1 - _first_axis(noise, axis))
    if dimension == 2:
        # In one draw in many millions it is 0, and has no direction.
        rest += _LEAST_NOISE * (1 - _first_axis(noise, axis))
    return x, rest, tf.squeeze(_sum_of(rest, rest, axis), axis)


def _rescaled(rest, square, length, axis):
    """Returns a vector of squared length `square`, rescaled to the given length."""
    return tf.expand_dims(length * tf.math.rsqrt(square), axis) * rest


def _first_axis(like, axis):
    """Returns the first basis vector, broadcasting against `like`."""
    size = like.shape[axis]
    first = np.zeros(size, like.dtype.as_numpy_dtype)
    first[0] = 1
    return first if axis == -1 else first.reshape([size] + [1] * (like.shape.rank - 1))


def _coordinates_first(vectors: tf.Tensor, rank: int) -> tf.Tensor:
    """Turns [..., d] into [d, 1, ..., 1, ...], of the given rank."""
    missing = [1] * (rank - vectors.shape.rank)
    shape = prefer_static.concat([missing, prefer_static.shape(vectors)], axis=0)
    vectors = tf.reshape(vectors, shape)
    return tf.transpose(vectors, [rank - 1, *range(rank - 1)])


def unit_or_nan(mean_direction: tf.Tensor) -> tf.Tensor:
    """Normalises mean directions to full precision; NaN if they are not unit vectors.

    A norm within 1e-4 of 1 (more in half precision) is a rounding error and is
    corrected; anything else is a mistake that must not become a plausible number.

    Args:
      mean_direction: floating tensor [..., d].

    Returns:
      Tensor of the same shape and dtype.

    >>> unit_or_nan(tf.constant([[1.0, 0.0], [2.0, 0.0]])).numpy().tolist()
    [[1.0, 0.0], [nan, nan]]
    """
    return tf.cast(_wide_unit_or_nan(mean_direction), mean_direction.dtype)


def _wide_unit_or_nan(mean_direction: tf.Tensor) -> tf.Tensor:
    """Does the same, in float32 where the dtype is narrower."""
    tolerance = _HALF_PRECISION_TOLERANCE.get(mean_direction.dtype)
    if tolerance is None:
        return mean_direction * _unit_scale(mean_direction)
    wide = tf.cast(mean_direction, tf.float32)
    return wide * _unit_scale(wide, tolerance=tolerance)


def place(
    w: tf.Tensor, rest: tf.Tensor, mean_direction: tf.Tensor, axis: int = -1
) -> tf.Tensor:
    """Moves `w e + rest`, with `e` the first basis vector, to the mean direction.

    The reflection that carries `e` to `mu` (or to `-mu`, whichever is farther from it,
    so that no denominator is below 1) carries along what is orthogonal to `e`. The
    result and its derivative are finite for every mean direction.

    Args:
      w: mu'z, with an axis of length 1 in place of the coordinates.
      rest: [..., d] of length sqrt(1 - w^2), with 0 as its first coordinate.
      mean_direction: unit vectors that broadcast against `rest`; where the norm is not
        1 up to rounding, the result is NaN.
      axis: the axis of the coordinates, -1 or 0.

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
    """Returns 1 / |mu|, keeping the axis, or NaN if |mu| is not 1 up to rounding."""
    square = _sum_of(mean_direction, mean_direction, axis)
    valid = tf.abs(square - 1) <= tolerance
    nan = tf.constant(np.nan, square.dtype)
    return tf.where(valid, tf.math.rsqrt(square), nan)


def _sum_of(a: tf.Tensor, b: tf.Tensor, axis: int = -1) -> tf.Tensor:
    """Inner product over an axis, which is kept, as exact as the dtype can hold."""
    product = a * b
    if product.shape[axis] > _LONG:
        product = tf.cast(product, tf.float64)
    return tf.cast(tf.reduce_sum(product, axis=axis, keepdims=True), a.dtype)
