"""From the NLL of each code to the NLL of each example."""

import keras
import tensorflow as tf

from tf_vmfvae.ops.repeated_batch import split_codes


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class MeanOverCodes(keras.layers.Layer):
    """Averages an example's NLL over its codes.

    A mean of bounds is a bound too, and its gradient has less noise. Each code is
    decoded on its own: bounds are averaged, never codes.

    Args:
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        nll: float tensor of shape `(codes * batch,)`, the batch repeated as by
            `RepeatExamples`.
        examples: tensor whose first axis is the batch.

    Returns:
        The mean NLL, of shape `(batch,)`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> mean = tf_vmfvae.layers.MeanOverCodes()
    >>> nll = np.array([1.0, 5.0, 3.0, 7.0], "float32")
    >>> mean(nll, np.zeros((2, 9))).numpy().tolist()
    [2.0, 6.0]
    """

    def __init__(self, **kwargs):
        super().__init__(autocast=False, **kwargs)  # An NLL is in float32.

    def call(self, nll, examples):
        return tf.reduce_mean(split_codes(nll, tf.shape(examples)[0]), axis=0)

    def compute_output_spec(self, nll, examples):
        return keras.KerasTensor(examples.shape[:1], dtype=nll.dtype)
