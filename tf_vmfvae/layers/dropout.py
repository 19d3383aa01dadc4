"""Keras's dropout, with noise in full precision."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class Dropout(keras.layers.Dropout):
    """`keras.layers.Dropout` that keeps to its rate in every precision.

    Keras draws the noise in the inputs' precision. In bfloat16 that is one of 128
    numbers: a rate of 0.05 leaves out 0.0543, one of 0.4 leaves out 0.406, and what is
    kept is not scaled to fit. Here noise and scale are in the weights' precision.

    Arguments and results are those of `keras.layers.Dropout`.

    Example:
    >>> import tensorflow as tf
    >>> import tf_vmfvae
    >>> dropout = tf_vmfvae.layers.Dropout(0.05, seed=1, dtype="mixed_bfloat16")
    >>> outputs = dropout(tf.ones([1000, 1000]), training=True)
    >>> share = tf.reduce_mean(tf.cast(outputs == 0, tf.float32))
    >>> outputs.dtype, round(float(share), 3)
    (tf.bfloat16, 0.05)
    """

    def call(self, inputs, training=False):
        if not training or not self.rate:
            return inputs
        wide = super().call(ops.cast(inputs, self.variable_dtype), training)
        return ops.cast(wide, self.compute_dtype)
