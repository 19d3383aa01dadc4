"""Bags of words as dense tensors."""

import tensorflow as tf


def spread_over_vocabulary(ids, values, vocabulary_size: int):
    """Returns the values by word, `(batch, vocabulary_size)`.

    Args:
        ids: int32 tensor of shape `(batch, pairs)`, padded with zeros.
        values: float tensor of the same shape. Those of a word that is there twice
            are summed.
        vocabulary_size: number of words; ids go from 1 to it.
    """
    # Padding gets a column of its own.
    columns = vocabulary_size + 1
    rows = tf.shape(ids)[0]
    # One index a cell: a scatter by row and column takes three times as long.
    cells = ids + columns * tf.range(rows)[:, tf.newaxis]
    spread = tf.math.unsorted_segment_sum(
        tf.reshape(values, [-1]), tf.reshape(cells, [-1]), rows * columns
    )
    return tf.reshape(spread, [rows, columns])[:, 1:]
