"""From sparse to dense bags of words."""

import keras
import tensorflow as tf

from tf_vmfvae.ops.bags import spread_over_vocabulary


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class WordCounts(keras.layers.Layer):
    """Turns pairs of word id and count into counts over the whole vocabulary.

    This way documents can stay sparse until they are on the device.

    Args:
        vocabulary_size: int. Number of words; ids go from 1 to it.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        pairs: int32 tensor of shape `(batch, pairs, 2)`, padded with zeros. The counts
            of a word that occurs twice are summed.

    Returns:
        Counts, float tensor of shape `(batch, vocabulary_size)`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> pairs = np.array([[[1, 2], [3, 1]], [[2, 4], [0, 0]]], "int32")
    >>> tf_vmfvae.layers.WordCounts(3)(pairs).numpy().tolist()
    [[2.0, 0.0, 1.0], [0.0, 4.0, 0.0]]
    """

    def __init__(self, vocabulary_size: int, **kwargs):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size

    def call(self, pairs):
        counts = tf.cast(pairs[..., 1], self.variable_dtype)
        return spread_over_vocabulary(pairs[..., 0], counts, self.vocabulary_size)

    def compute_output_spec(self, pairs):
        return keras.KerasTensor(
            (pairs.shape[0], self.vocabulary_size), dtype=self.variable_dtype
        )

    def get_config(self):
        config = super().get_config()
        config.update({"vocabulary_size": self.vocabulary_size})
        return config
