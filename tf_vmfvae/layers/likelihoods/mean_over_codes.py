"""From nats a code to nats an example."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class MeanOverCodes(keras.layers.Layer):
    """Averages what each of an example's codes costs (see `Latent`).

    The average of several bounds is a bound with less noise in its gradient. Each code
    is decoded by itself: bounds are averaged, never codes.

    Args:
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        nats: float tensor of shape `(codes * batch,)`, the whole batch `codes` times
            over.
        examples: tensor whose first axis is the batch.

    Returns:
        Nats, of shape `(batch,)`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> mean = tf_vmfvae.layers.MeanOverCodes()
    >>> nats = np.array([1.0, 5.0, 3.0, 7.0], "float32")
    >>> mean(nats, np.zeros((2, 9))).numpy().tolist()
    [2.0, 6.0]
    """

    def __init__(self, **kwargs):
        super().__init__(autocast=False, **kwargs)  # Nats are in float32.

    def call(self, nats, examples):
        by_code = tf.reshape(nats, [-1, tf.shape(examples)[0]])
        return tf.reduce_mean(by_code, axis=0)

    def compute_output_spec(self, nats, examples):
        return keras.KerasTensor(examples.shape[:1], dtype=nats.dtype)
