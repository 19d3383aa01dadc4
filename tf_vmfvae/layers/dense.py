"""Keras's Dense, for features of no width too."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class Dense(keras.layers.Dense):
    """`keras.layers.Dense`, which takes features of no width to its bias.

    Codes of no dimensions are such features, and so is what is left for the
    concentration where the whole of the encoder's output is a direction. Of a product
    over nothing TensorFlow's compiled graphs drop the bias, or, on processors with
    AVX-512 for bfloat16, end the process.

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
        # Zeros, of which both have gradients.
        outputs = ops.sum(inputs, axis=-1, keepdims=True) + ops.sum(self.kernel, axis=0)
        if self.use_bias:
            outputs = outputs + self.bias
        return self.activation(outputs) if self.activation is not None else outputs
