"""Random numbers from counter-based bits, the same compiled or not."""

import functools
import math

import numpy as np
import tensorflow as tf
from tensorflow_probability.python.internal import prefer_static


def standard_normal(
    shape: tf.Tensor, size: int, seed: tf.Tensor, dtype: tf.DType, axis: int = -1
) -> tf.Tensor:
    """Normal variates by Box and Muller's (1958) transform of Philox bits.

    `tf.random.stateless_normal` draws other numbers under XLA than without it; the
    bits of a generator called by name are the same everywhere. The sine and the
    cosine are polynomials because XLA does not vectorise its own on a CPU.

    Args:
      shape: of the result without one axis; integers or a tensor.
      size: of that axis.
      seed: int32 [2], a stateless seed.
      dtype: tf.float32 or tf.float64.
      axis: where it goes: -1, behind the others, or 0, before them.

    Returns:
      Tensor of shape [*shape, size] or [size, *shape]. No value is beyond 6.77.

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
    """Uniform numbers, and points that are uniform on a circle.

    Args:
      shape: of the results; integers or a tensor.
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
    """Half a step away from 0 and, in float64, from 1."""
    return (tf.cast(bits, dtype) + 0.5) * 2.0**-32


def _turn(bits, dtype):
    """Half turns in [-1, 1]."""
    return tf.cast(tf.bitcast(bits, tf.int32), dtype) * 2.0**-31


def _sine_and_cosine(turn: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Sine and cosine of pi * turn for turn in [-1, 1].

    From the half angle, where few terms suffice: with s and c its sine and cosine,
    they are 2 s c and 1 - 2 s^2.
    """
    sine_terms, cosine_terms = _half_angle_terms(9 if turn.dtype == tf.float64 else 5)
    square = turn * turn
    sine = turn * _horner(sine_terms, square)
    cosine = _horner(cosine_terms, square)
    return 2 * sine * cosine, 1 - 2 * sine * sine


def _horner(coefficients, x):
    total = x * coefficients[-1] + coefficients[-2]
    for coefficient in coefficients[-3::-1]:
        total = total * x + coefficient
    return total


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
