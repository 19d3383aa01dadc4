"""Examples as often as they have codes."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class RepeatExamples(keras.layers.Layer):
    """Repeats a batch until there is an example for each code (see `Latent`).

    Args:
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        examples: tensor whose first axis is the batch.
        codes: tensor of shape `(codes * batch, latent_dim)`.

    Returns:
        The whole batch of examples `codes` times over.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> repeat = tf_vmfvae.layers.RepeatExamples()
    >>> repeat(np.array([[1], [2]]), np.zeros((4, 3))).numpy()[:, 0].tolist()
    [1, 2, 1, 2]
    """

    def call(self, examples, codes):
        times = tf.shape(codes)[0] // tf.maximum(tf.shape(examples)[0], 1)
        return repeat_batch(examples, times)

    def compute_output_spec(self, examples, codes):
        return keras.KerasTensor((None, *examples.shape[1:]), dtype=examples.dtype)


def repeat_batch(examples, times):
    """Returns the whole batch `times` times over, `(times * batch, ...)`."""
    return tf.tile(examples, [times] + [1] * (examples.shape.rank - 1))
