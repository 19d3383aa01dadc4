"""Keras's Dense, which also takes features of width 0."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class Dense(keras.layers.Dense):
    """`keras.layers.Dense`, which also takes features of width 0 and returns its bias.

    Empty codes are such features, and so are those of the concentrations in a
    `SphereProductLatent` with `concentration_features=0`. With Keras's layer,
    TensorFlow's compiled graphs lose the bias after a product over nothing; on
    processors with AVX-512 for bfloat16 the process even ends.

    Arguments, inputs and outputs are those of `keras.layers.Dense`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> layer = tf_vmfvae.layers.Dense(2, bias_initializer="ones")
    >>> layer(np.zeros((3, 0), "float32")).numpy().tolist()
    [[1.0, 1.0], [1.0, 1.0], [1.0, 1.0]]
    """

    def call(self, inputs, training=None):
        if inputs.shape[-1]:
            return super().call(inputs, training=training)
        # Sums over nothing: zeros that still have gradients for inputs and kernel.
        outputs = ops.sum(inputs, axis=-1, keepdims=True) + ops.sum(self.kernel, axis=0)
        if self.use_bias:
            outputs = outputs + self.bias
        return self.activation(outputs) if self.activation is not None else outputs
