"""Checks of values that are known only when a graph runs."""

import tensorflow as tf


def checked(value, is_valid, message: str, found):
    """Returns the value after checking, in the graph, that it is valid.

    Args:
        value: a tensor.
        is_valid: bool scalar tensor.
        message: what is wrong otherwise.
        found: a tensor, shown after the message.

    >>> int(checked(tf.constant(3), True, "count must be 0 or more, not", 3))
    3
    """
    with tf.control_dependencies([tf.debugging.Assert(is_valid, [message, found])]):
        return tf.identity(value)
