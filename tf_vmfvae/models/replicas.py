"""Communication between the replicas of a strategy within a step."""

import tensorflow as tf


def sum_over_replicas(value):
    """Returns the sum of the replicas' values; outside a strategy, the value itself.

    >>> float(sum_over_replicas(tf.constant(3.0)))
    3.0
    """
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return value
    return context.all_reduce(tf.distribute.ReduceOp.SUM, value)
