"""Random numbers from counter-based bits: the same numbers compiled or not."""

import functools
import math

import numpy as np
import tensorflow as tf

from tf_vmfvae.distributions.numerics.horner import horner
from tf_vmfvae.distributions.numerics.tfp_internals import prefer_static


def standard_normal(
    shape: tf.Tensor, size: int, seed: tf.Tensor, dtype: tf.DType, axis: int = -1
) -> tf.Tensor:
    """Normal variates by Box and Muller's (1958) transform of Philox bits.

    `tf.random.stateless_normal` draws different numbers under XLA than without it;
    the bits of a generator that is called by name are the same everywhere. Sine and
    cosine are polynomials because XLA does not vectorise its own on a CPU.

    Args:
      shape: shape of the result without the axis of length `size`; integers or a
        tensor.
      size: length of that axis.
      seed: int32 [2], a stateless seed.
      dtype: tf.float32 or tf.float64.
      axis: position of that axis, -1 (last) or 0 (first).

    Returns:
      Tensor of shape [*shape, size] or [size, *shape]. No value exceeds 6.77 in
      magnitude.

    >>> standard_normal([2], 3, tf.constant([0, 1]), tf.float32).shape
    TensorShape([2, 3])
    """
    pairs = (size + 1) // 2
    parts = [shape, [2 * pairs]]
    bits = _bits(parts if axis == -1 else parts[::-1], seed)
    one, other = tf.split(bits, 2, axis=axis)
    length = tf.sqrt(-2.0 * tf.math.log(_uniform(one, dtype)))
    sine, cosine = _sine_and_cosine(_turn(other, dtype))
    both = tf.concat([length * sine, length * cosine], axis=axis)
    if size == 2 * pairs:
        return both
    return both[:size] if axis == 0 else both[..., :size]


def uniform_and_circle(
    shape: tf.Tensor, seed: tf.Tensor
) -> tuple[tf.Tensor, tuple[tf.Tensor, tf.Tensor]]:
    """Draws uniform numbers, and points uniform on the unit circle.

    Args:
      shape: shape of each result; integers or a tensor.
      seed: int32 [2], a stateless seed.

    Returns:
      A float64 tensor with values in (0, 1), and the two coordinates of the points,
      float32 tensors.

    >>> uniform, (x, y) = uniform_and_circle([4], tf.constant([0, 1]))
    >>> [round(float(norm), 4) for norm in x * x + y * y]
    [1.0, 1.0, 1.0, 1.0]
    """
    one, other = tf.unstack(_bits([[2], shape], seed))
    return _uniform(one, tf.float64), _sine_and_cosine(_turn(other, tf.float32))


def _bits(parts, seed):
    return tf.random.stateless_uniform(
        prefer_static.concat(parts, axis=0),
        seed,
        minval=None,
        maxval=None,
        dtype=tf.uint32,
        alg="philox",
    )


def _uniform(bits, dtype):
    """Bits to numbers in (0, 1): half a step from 0 and, in float64, from 1."""
    return (tf.cast(bits, dtype) + 0.5) * 2.0**-32


def _turn(bits, dtype):
    """Bits to angles in [-1, 1], in half turns."""
    return tf.cast(tf.bitcast(bits, tf.int32), dtype) * 2.0**-31


def _sine_and_cosine(turn: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Sine and cosine of pi * turn for turn in [-1, 1].

    Computed from half the angle, for which few terms are enough: if s and c are the
    sine and cosine of the half angle, the results are 2 s c and 1 - 2 s^2.
    """
    sine_terms, cosine_terms = _half_angle_terms(9 if turn.dtype == tf.float64 else 5)
    square = turn * turn
    sine = turn * horner(sine_terms, square)
    cosine = horner(cosine_terms, square)
    return 2 * sine * cosine, 1 - 2 * sine * sine


@functools.lru_cache(maxsize=2)
def _half_angle_terms(terms: int) -> tuple[list[float], list[float]]:
    """Polynomials in t^2 for sin(pi t / 2) / t and cos(pi t / 2) on [-1, 1].

    Interpolation at Chebyshev nodes: 5 and 6 terms reach 1e-9, 9 and 10 reach 1e-16.
    """

    def fit(function, count):
        squares = (np.polynomial.chebyshev.chebpts1(count) + 1) / 2
        powers = np.vander(squares, increasing=True)
        return np.linalg.solve(powers, function(np.sqrt(squares))).tolist()

    return (
        fit(lambda t: np.sin(math.pi / 2 * t) / t, terms),
        fit(lambda t: np.cos(math.pi / 2 * t), terms + 1),
    )
