"""The way from one point to another."""

import tensorflow as tf


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
