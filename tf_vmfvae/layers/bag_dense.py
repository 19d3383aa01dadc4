"""A dense layer whose input is a bag of words."""

import keras
import tensorflow as tf
from tensorflow.python.ops import control_flow_util

from tf_vmfvae.ops.bags import spread_over_vocabulary


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class BagDense(keras.layers.Layer):
    """`activation(bag @ kernel + bias)` for bags that hold few of the words.

    Equal to `keras.layers.Dense` on the bags spread over the vocabulary. The product
    and the kernel's gradient go by the words that are there, in float32 and float64;
    XLA and narrower types, for which TensorFlow has no sparse product, get the dense
    one. There is no gradient in the values: they are data.

    Args:
        vocabulary_size: int. Number of words; ids go from 1 to it.
        units: int. Number of outputs.
        activation: a function, a name that Keras knows, or `None` for none.
        kernel_initializer: a Keras initializer.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        ids: int32 tensor of shape `(batch, pairs)`, padded with zeros.
        values: float tensor of the same shape, what the bag holds of each word. A word
            that is there twice has the sum.

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
        bias = tf.convert_to_tensor(self.bias)
        # TensorFlow has no public way to ask.
        in_xla = control_flow_util.GraphOrParentsInXlaContext(
            tf.compat.v1.get_default_graph()
        )
        if in_xla or kernel.dtype not in (tf.float32, tf.float64):
            product = _dense_product
        else:
            product = _sparse_product
        values = tf.stop_gradient(tf.cast(values, kernel.dtype))
        return self.activation(product(ids, values, kernel) + bias)

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


def _dense_product(ids, values, kernel):
    return tf.matmul(spread_over_vocabulary(ids, values, kernel.shape[0]), kernel)


def _sparse_product(ids, values, kernel):
    cells = tf.where(ids > 0)
    words = tf.cast(tf.gather_nd(ids, cells) - 1, cells.dtype)
    parts = {
        "indices": tf.stack([cells[:, 0], words], axis=1),
        "values": tf.gather_nd(values, cells),
        "dense_shape": [tf.shape(ids, cells.dtype)[0], kernel.shape[0]],
    }

    @tf.custom_gradient
    def product(kernel):
        def gradient(upstream):
            # Built a second time: a SavedModel cannot hold a gradient that refers to a
            # sparse matrix. The product of the transposed matrix takes a quarter of
            # the time of the transposed product.
            bags = tf.raw_ops.SparseTensorToCSRSparseMatrix(**parts)
            turned = tf.raw_ops.SparseMatrixTranspose(input=bags, type=kernel.dtype)
            return tf.raw_ops.SparseMatrixMatMul(a=turned, b=upstream)

        bags = tf.raw_ops.SparseTensorToCSRSparseMatrix(**parts)
        return tf.raw_ops.SparseMatrixMatMul(a=bags, b=kernel), gradient

    return tf.ensure_shape(product(kernel), [ids.shape[0], kernel.shape[1]])
