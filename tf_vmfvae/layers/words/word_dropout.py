"""Hides words from the decoder, so that it has to use the code."""

import keras
import tensorflow as tf

from tf_vmfvae.layers.words.word_tokenizer import UNKNOWN_ID


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class WordDropout(keras.layers.Layer):
    """Replaces words by `<unk>` (Bowman et al. 2016, section 3.1).

    A rate below 1 is noise for training, like dropout: outside training, no word is
    hidden. A rate of 1 is the Inputless setting of Xu and Durrett (2018), in which the
    decoder never sees a word.

    Args:
        rate: float in [0, 1]. Probability of hiding a word.
        seed: int or `None`. Seed of the noise.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        ids: int32 tensor of any shape.
        training: bool.

    Returns:
        The ids, some of them replaced.

    Raises:
        ValueError: if `rate` is outside [0, 1].

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> tf_vmfvae.layers.WordDropout(1.0)(np.array([[5, 7, 2]])).numpy().tolist()
    [[1, 1, 1]]
    """

    def __init__(self, rate: float, seed: int | None = None, **kwargs):
        if not 0 <= rate <= 1:
            raise ValueError(f"the word dropout rate must be in [0, 1], not {rate}")
        super().__init__(**kwargs)
        self.rate = float(rate)
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.built = True

    def call(self, ids, training=False):
        ids = tf.convert_to_tensor(ids)
        if self.rate == 1.0:
            return tf.fill(tf.shape(ids), tf.cast(UNKNOWN_ID, ids.dtype))
        if not training or self.rate == 0.0:
            return ids
        hidden = keras.random.uniform(tf.shape(ids), seed=self.seed_generator)
        return tf.where(hidden < self.rate, tf.cast(UNKNOWN_ID, ids.dtype), ids)

    def compute_output_spec(self, ids, training=False):
        return keras.KerasTensor(ids.shape, dtype=ids.dtype)

    def get_config(self):
        config = super().get_config()
        config.update({"rate": self.rate, "seed": self.seed})
        return config
