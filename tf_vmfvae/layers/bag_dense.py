"""A dense layer that reads bags of words."""

import keras
import tensorflow as tf

from tf_vmfvae.ops.bags import bag_matmul


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class BagDense(keras.layers.Layer):
    """`activation(bags @ kernel + bias)` for bags that hold few of the words.

    Equal to `keras.layers.Dense` on dense bags, but its time grows with the
    number of words in the bags, not with the size of the vocabulary (`bag_matmul`). The
    values have no gradient: they are data.

    Args:
        vocabulary_size: int. Number of words; ids go from 1 to it.
        units: int. Number of outputs.
        activation: a function, a name that Keras knows, or `None`.
        kernel_initializer: a Keras initializer.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        ids: int32 tensor of shape `(batch, pairs)`, padded with zeros.
        values: float tensor of the same shape: the value of each word in the bag. The
            values of a word that occurs twice are summed.

    Returns:
        A float tensor of shape `(batch, units)`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> layer = tf_vmfvae.layers.BagDense(3, 1, kernel_initializer="ones")
    >>> ids = np.array([[1, 3], [2, 0]], "int32")
    >>> layer(ids, np.array([[2.0, 0.5], [4.0, 0.0]], "float32")).numpy().tolist()
    [[2.5], [4.0]]
    """

    def __init__(
        self,
        vocabulary_size: int,
        units: int,
        activation=None,
        kernel_initializer="glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.units = units
        self.activation = keras.activations.get(activation)
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, ids_shape, values_shape):
        self.kernel = self.add_weight(
            shape=(self.vocabulary_size, self.units),
            initializer=self.kernel_initializer,
            name="kernel",
        )
        self.bias = self.add_weight(
            shape=(self.units,), initializer="zeros", name="bias"
        )
        super().build(ids_shape)

    def call(self, ids, values):
        kernel = tf.convert_to_tensor(self.kernel)
        product = bag_matmul(ids, tf.cast(values, kernel.dtype), kernel)
        return self.activation(product + tf.convert_to_tensor(self.bias))

    def compute_output_spec(self, ids, values):
        return keras.KerasTensor((ids.shape[0], self.units), dtype=self.compute_dtype)

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "vocabulary_size": self.vocabulary_size,
                "units": self.units,
                "activation": keras.activations.serialize(self.activation),
                "kernel_initializer": keras.initializers.serialize(
                    self.kernel_initializer
                ),
            }
        )
        return config
