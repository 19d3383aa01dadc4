"""Keras's dropout with noise in full precision."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class Dropout(keras.layers.Dropout):
    """`keras.layers.Dropout` with the right rate in every precision.

    Keras draws the noise in the precision of the inputs. In bfloat16 it can take only
    128 values: a rate of 0.05 drops 0.0543 of the inputs and a rate of 0.4 drops 0.406,
    while the rest is scaled for the rates asked for. Here noise and scale are in the
    precision of the weights.

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
