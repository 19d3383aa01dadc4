"""Parts of a training step, to be timed on their own."""

from collections.abc import Callable

import numpy as np
import tensorflow as tf


def random_tensors(seed: int) -> Callable[..., tf.Tensor]:
    """Returns a function from shapes to float32 tensors of normal numbers.

    >>> random_tensors(1)(2, 3).shape
    TensorShape([2, 3])
    """
    rng = np.random.default_rng(seed)
    return lambda *shape: tf.constant(rng.normal(size=shape), tf.float32)


def with_gradients(
    call: Callable[..., tf.Tensor], *arguments: tf.Tensor
) -> Callable[[], tf.Tensor]:
    """Returns a compiled function that computes a call and all its gradients.

    Args:
        call: what is computed.
        *arguments: tensors, its arguments.

    Returns:
        A function without arguments. Its result, a scalar, depends on every gradient.

    >>> three, four = tf.constant([3.0]), tf.constant([4.0])
    >>> float(with_gradients(lambda x, y: x * y, three, four)())
    7.0
    """

    @tf.function
    def run():
        with tf.GradientTape() as tape:
            tape.watch(arguments)
            total = tf.reduce_sum(call(*arguments))
        gradients = tape.gradient(total, arguments)
        return tf.add_n([tf.reshape(g, [-1])[0] for g in gradients])

    return run
