"""Draws one index for each row from one number for each row."""

import tensorflow as tf

# How many weights are summed before one of them is looked for.
GROUP = 128


def draw(weights, uniforms):
    """Returns an index for each row, drawn in proportion to the row's weights.

    Args:
        weights: float tensor `(rows, count)`, none of them negative and at least one in
            each row positive.
        uniforms: numbers in [0, 1), float64 `(rows,)`.

    Returns:
        int32 `(rows,)`: the first index at which the running sum of the weights exceeds
        the number times their total. Its weight is never 0.

    >>> weights = tf.constant([[0.0, 1.0, 3.0, 0.0]] * 3)
    >>> draw(weights, tf.constant([0.0, 0.24, 0.26], tf.float64)).numpy().tolist()
    [1, 1, 2]
    """
    # First the group, then the index within it: sums of groups take a fraction of the
    # time of a running sum over all weights. In float64, so that no weight is lost.
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
    """Returns the first index in each row at which increasing sums exceed `sought`."""
    found = tf.searchsorted(sums, sought, side="right")
    # Because of rounding, no sum may exceed it; then it is the last that increases.
    last = tf.searchsorted(sums, sums[:, -1:], side="left")
    return tf.minimum(found, last)[:, 0]
