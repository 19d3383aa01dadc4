"""Draws an index a row, from a number a row."""

import tensorflow as tf

# Entries that are summed before one of them is looked for.
GROUP = 128


def draw(weights, uniforms):
    """Returns an index a row, drawn in proportion to the row's weights.

    Args:
        weights: float tensor `(rows, count)`, none negative, at least one a row
            positive.
        uniforms: numbers in [0, 1), float64 `(rows,)`.

    Returns:
        int32 `(rows,)`: the first index up to which the weights make up more than the
        number's share of their sum. Its weight is never 0.

    >>> weights = tf.constant([[0.0, 1.0, 3.0, 0.0]] * 3)
    >>> draw(weights, tf.constant([0.0, 0.24, 0.26], tf.float64)).numpy().tolist()
    [1, 1, 2]
    """
    # First a group of entries, then one of them: sums of groups take a fraction of the
    # time of a running sum over all entries. In float64, so that no entry is lost.
    rows, count = tf.unstack(tf.shape(weights))
    padded = tf.pad(tf.cast(weights, tf.float64), [[0, 0], [0, -count % GROUP]])
    groups = tf.reshape(padded, [rows, -1, GROUP])
    sums = tf.cumsum(tf.reduce_sum(groups, axis=-1), axis=-1)
    sought = uniforms[:, None] * sums[:, -1:]
    group = _first_above(sums, sought)
    before = tf.gather(tf.pad(sums, [[0, 0], [1, 0]]), group, batch_dims=1)
    within = tf.cumsum(tf.gather(groups, group, batch_dims=1), axis=-1)
    return group * GROUP + _first_above(within, sought - before[:, None])


def _first_above(sums, sought):
    """The first index in each row of rising sums at which they exceed `sought`."""
    found = tf.searchsorted(sums, sought, side="right")
    # By rounding nothing may exceed it: then the last index at which they rise.
    last = tf.searchsorted(sums, sums[:, -1:], side="left")
    return tf.minimum(found, last)[:, 0]
