"""Keras's dropout with noise in full precision, per position or per example."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class Dropout(keras.layers.Dropout):
    """`keras.layers.Dropout` with the right rate in every precision.

    Keras draws the noise in the precision of the inputs. In bfloat16 it can take only
    128 values: a rate of 0.05 drops 0.0543 of the inputs and a rate of 0.4 drops 0.406,
    while the rest is scaled for the rates asked for. Here noise and scale are in the
    precision of the weights.

    Arguments and results are those of `keras.layers.Dropout`, and one more argument.

    Args:
        per_example: bool. Whether the same units are dropped at all positions of an
            example (variational dropout, Gal and Ghahramani 2016): the first axis has
            the examples, the last the units, and all axes between them share the noise.

    Example:
    >>> import tensorflow as tf
    >>> import tf_vmfvae
    >>> dropout = tf_vmfvae.layers.Dropout(0.05, seed=1, dtype="mixed_bfloat16")
    >>> outputs = dropout(tf.ones([1000, 1000]), training=True)
    >>> share = tf.reduce_mean(tf.cast(outputs == 0, tf.float32))
    >>> outputs.dtype, round(float(share), 3)
    (tf.bfloat16, 0.05)
    >>> dropout = tf_vmfvae.layers.Dropout(0.5, seed=1, per_example=True)
    >>> outputs = dropout(tf.ones([2, 3, 100]), training=True)
    >>> bool(tf.reduce_all(outputs == outputs[:, :1]))
    True
    """

    def __init__(self, rate, noise_shape=None, seed=None, per_example=False, **options):
        super().__init__(rate, noise_shape, seed, **options)
        if per_example and noise_shape is not None:
            raise ValueError(
                f"noise_shape is {noise_shape!r}: per_example=True sets its own; leave "
                "one of them out"
            )
        self.per_example = per_example

    def call(self, inputs, training=False):
        if not training or not self.rate:
            return inputs
        noise_shape = self.noise_shape
        if self.per_example and len(inputs.shape) > 2:
            noise_shape = (None, *[1] * (len(inputs.shape) - 2), None)
        wide = keras.random.dropout(
            ops.cast(inputs, self.variable_dtype),
            self.rate,
            noise_shape,
            seed=self.seed_generator,
        )
        return ops.cast(wide, self.compute_dtype)

    def get_config(self):
        return {**super().get_config(), "per_example": self.per_example}
