"""A compiled function of batches whose lengths vary."""

from collections.abc import Callable

import tensorflow as tf


class AnyLength:
    """A compiled function that is traced once for batches of all lengths.

    `tf.function(reduce_retracing=True)` traces the first batch at its own length and
    the next one for any length. The first trace, which takes seconds for a training
    step, is hardly used.

    Args:
        function: takes a batch: a tensor `(rows, length, ...)` or a dictionary of such
            tensors and of tensors `(rows,)`. If the number of rows changes, it is
            traced again. Other batches, as of several replicas, are traced as
            `tf.function` does it.

    Example:
    >>> double = AnyLength(lambda batch: batch * 2)
    >>> double(tf.ones([2, 3])).shape, double(tf.ones([2, 4])).shape
    (TensorShape([2, 3]), TensorShape([2, 4]))
    """

    def __init__(self, function: Callable):
        self._function = tf.function(function, reduce_retracing=True, autograph=False)
        self._is_traced = False

    def __call__(self, batch):
        if not self._is_traced:
            if all(isinstance(part, tf.Tensor) for part in tf.nest.flatten(batch)):
                specs = tf.nest.map_structure(_of_any_length, batch)
                self._function.get_concrete_function(specs)
            self._is_traced = True
        return self._function(batch)


def _of_any_length(part):
    shape = part.shape.as_list()
    if len(shape) > 1:
        shape[1] = None
    return tf.TensorSpec(shape, part.dtype)
