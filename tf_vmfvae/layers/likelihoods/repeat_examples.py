"""A row of the batch for each code."""

import keras
import tensorflow as tf

from tf_vmfvae.ops.repeated_batch import repeat_batch


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class RepeatExamples(keras.layers.Layer):
    """Repeats a batch of examples until each code has one.

    The order is that of the codes of a `Latent`: the whole batch, then the whole batch
    again.

    Args:
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        examples: tensor whose first axis is the batch.
        z: codes of shape `(codes * batch, latent_dim)`.

    Returns:
        The examples, of shape `(codes * batch, ...)`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> repeat = tf_vmfvae.layers.RepeatExamples()
    >>> repeat(np.array([[1], [2]]), np.zeros((4, 3))).numpy()[:, 0].tolist()
    [1, 2, 1, 2]
    """

    def call(self, examples, z):
        times = tf.shape(z)[0] // tf.maximum(tf.shape(examples)[0], 1)
        return repeat_batch(examples, times)

    def compute_output_spec(self, examples, z):
        return keras.KerasTensor((None, *examples.shape[1:]), dtype=examples.dtype)
