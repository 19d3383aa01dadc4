"""Directions, mirror images, and paths between two points."""

import tensorflow as tf


def unit_vectors(vectors):
    """Returns the unit vectors along `vectors`, of the same shape `(..., d)`.

    A vector of zeros has no direction and becomes the first basis vector: NaN would
    spoil the whole batch.

    >>> unit_vectors(tf.constant([[3.0, 4.0], [0.0, 0.0]])).numpy().tolist()
    [[0.6000000238418579, 0.800000011920929], [1.0, 0.0]]
    """
    is_zero = tf.reduce_all(vectors == 0, axis=-1, keepdims=True)
    first = tf.one_hot(0, vectors.shape[-1], dtype=vectors.dtype)
    return tf.math.l2_normalize(tf.where(is_zero, first, vectors), axis=-1)


def mirror_about(z, axes):
    """Returns the mirror images of `z` about axes, of the same shape `(..., d)`.

    Args:
        z: float tensor of shape `(..., d)`.
        axes: unit vectors that broadcast against `z`. The part of `z` along its axis
            stays, the part orthogonal to it changes sign.

    >>> axis = tf.constant([0.0, 1.0])
    >>> mirror_about(tf.constant([[0.6, 0.8]]), axis).numpy().round(4).tolist()
    [[-0.6000000238418579, 0.800000011920929]]
    """
    return 2.0 * tf.reduce_sum(z * axes, axis=-1, keepdims=True) * axes - z


def great_circle(start, end, steps: int):
    """Returns `steps` unit vectors from `start` to `end`, of shape `(steps, d)`.

    Between opposite vectors there is no shortest great circle: an arbitrary one is
    taken.

    Args:
        start: float tensor of shape `(d,)`, of any length but 0.
        end: unit vector of shape `(d,)`.
        steps: int, at least 2; the first vector has the direction of `start`, the last
            is `end`.

    >>> import numpy as np
    >>> path = great_circle(tf.constant([1.0, 0.0]), tf.constant([0.0, 1.0]), 3)
    >>> (path.numpy() ** 2).round(4).tolist()
    [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]]
    """
    start = tf.math.l2_normalize(start, axis=-1)
    end = tf.cast(end, start.dtype)
    tangent = end - tf.reduce_sum(start * end) * start
    length = tf.norm(tangent)
    least = tf.one_hot(tf.argmin(tf.abs(start)), start.shape[-1], dtype=start.dtype)
    detour = least - tf.reduce_sum(start * least) * start
    tangent = tf.where(length > 1e-6, tangent, detour)
    tangent = tf.math.l2_normalize(tangent, axis=-1)
    angle = tf.atan2(length, tf.reduce_sum(start * end))
    angles = angle * tf.linspace(tf.zeros_like(angle), 1.0, steps)[:, None]
    return tf.cos(angles) * start + tf.sin(angles) * tangent


def straight_line(start, end, steps: int):
    """Returns `steps` points from `start` to `end`, of shape `(steps, d)`.

    Args:
        start: float tensor of shape `(d,)`.
        end: float tensor of shape `(d,)`.
        steps: int, at least 2; the first point is `start`, the last `end`.

    >>> path = straight_line(tf.constant([0.0, 1.0]), tf.constant([4.0, 1.0]), 3)
    >>> path.numpy().tolist()
    [[0.0, 1.0], [2.0, 1.0], [4.0, 1.0]]
    """
    start = tf.convert_to_tensor(start)
    end = tf.cast(end, start.dtype)
    fraction = tf.linspace(tf.zeros([], start.dtype), 1.0, steps)[:, None]
    return (1.0 - fraction) * start + fraction * end
