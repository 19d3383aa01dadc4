"""Batches in which every example has several codes.

Such a batch holds all its examples once, then all of them again, and so on: row
`k * batch + i` belongs to code `k` of example `i`.
"""

import keras
import tensorflow as tf


def repeat_batch(examples, times):
    """Returns the batch repeated `times` times, `(times * batch, ...)`.

    Args:
        examples: tensor of shape `(batch, ...)`, or a dictionary of such tensors.
        times: int or scalar tensor.

    >>> repeat_batch(tf.constant([1, 2]), 3).numpy().tolist()
    [1, 2, 1, 2, 1, 2]
    """
    return keras.tree.map_structure(
        lambda part: tf.tile(part, [times] + [1] * (part.shape.rank - 1)), examples
    )


def split_codes(values, batch_size):
    """Returns the values with an axis for the codes, `(codes, batch, ...)`.

    Args:
        values: tensor of shape `(codes * batch, ...)`.
        batch_size: int or scalar tensor. Number of examples.

    >>> split_codes(tf.constant([1, 2, 1, 2, 1, 2]), 2).numpy().tolist()
    [[1, 2], [1, 2], [1, 2]]
    """
    return tf.reshape(values, [-1, batch_size, *values.shape[1:]])
