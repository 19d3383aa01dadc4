"""Words that are swapped or replaced, so that the encoder does not rely on each one."""

import keras
import tensorflow as tf

from tf_vmfvae.layers.words.word_tokenizer import END_ID, PADDING_ID
from tf_vmfvae.ops.batch_part import place_in_batch


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class WordNoise(keras.layers.Layer):
    """Swaps neighbouring words and replaces words by random ones, in training.

    The published code of Xu and Durrett (2018) has such noise on the words that the
    model reads. There, a position of the whole batch changes places with a random one;
    here, each sentence has its own noise, and a word changes places with the one before
    or after it. `<eos>` and padding stay where they are.

    Args:
        swaps: float in [0, 1]. Probability that two neighbouring words change places.
            A word is swapped at most once, so with 1 about every word is.
        replacements: float in [0, 1]. Probability that a word is replaced, after the
            swaps, by any word of the vocabulary, all of them equally likely.
        num_words: int, at least 3. Number of words of the vocabulary, `<unk>` and
            `<eos>` included, neither of which replaces a word.
        seed: int or `None`. Seed of the noise.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        ids: int32 tensor of shape `(batch, time)`, padded with 0.
        training: bool.

    Returns:
        The ids, some of them moved or replaced; outside training, the same ids.

    Raises:
        ValueError: if an argument is out of its range.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> noise = tf_vmfvae.layers.WordNoise(swaps=1.0, num_words=9, seed=3)
    >>> ids = np.array([[3, 4, 5, 6, 2, 0], [3, 4, 5, 6, 7, 2]])
    >>> noise(ids, training=True).numpy().tolist()
    [[3, 5, 4, 6, 2, 0], [4, 3, 6, 5, 7, 2]]
    """

    def __init__(
        self,
        swaps: float = 0.0,
        replacements: float = 0.0,
        *,
        num_words: int,
        seed: int | None = None,
        **kwargs,
    ):
        for name, rate in (("swaps", swaps), ("replacements", replacements)):
            if not 0 <= rate <= 1:
                raise ValueError(f"{name} must be in [0, 1], not {rate}")
        if num_words <= END_ID:
            raise ValueError(f"num_words is {num_words}: give at least {END_ID + 1}")
        super().__init__(**kwargs)
        self.swaps = float(swaps)
        self.replacements = float(replacements)
        self.num_words = num_words
        self.seed = seed
        self.seed_generator = keras.random.SeedGenerator(seed)
        self.built = True

    def call(self, ids, training=False):
        ids = tf.convert_to_tensor(ids)
        if not training:
            return ids
        is_word = (ids != PADDING_ID) & (ids != END_ID)
        if self.swaps:
            ids = self._swapped(ids, is_word)
        if self.replacements:
            ids = self._replaced(ids, is_word)
        return ids

    def _swapped(self, ids, is_word):
        rows, time = tf.unstack(tf.shape(ids))
        # The first pair begins with the first word or with the one before it.
        shift = tf.cast(self._uniform(rows, 1) < 0.5, tf.int32)
        places = tf.range(time)[tf.newaxis] + shift
        partners = places + 1 - 2 * (places % 2) - shift
        has_partner = (partners >= 0) & (partners < time)
        partners = tf.clip_by_value(partners, 0, time - 1)
        # Both words of a pair read the same number.
        by_pair = self._uniform(rows, time // 2 + 1)
        chosen = tf.gather(by_pair, places // 2, batch_dims=1) < self.swaps
        is_swapped = (
            chosen & has_partner & is_word & tf.gather(is_word, partners, batch_dims=1)
        )
        return tf.where(is_swapped, tf.gather(ids, partners, batch_dims=1), ids)

    def _replaced(self, ids, is_word):
        rows, time = tf.unstack(tf.shape(ids))
        is_replaced = is_word & (self._uniform(rows, time) < self.replacements)
        count = self.num_words - END_ID
        others = END_ID + 1 + tf.cast(self._uniform(rows, time) * count, tf.int32)
        # In float32 the product may be rounded up.
        others = tf.minimum(others, self.num_words)
        return tf.where(is_replaced, tf.cast(others, ids.dtype), ids)

    def _uniform(self, rows, columns):
        """Returns numbers from 0 to 1, `(rows, columns)`."""
        # Each replica draws for the whole batch and keeps its own rows: together they
        # have the noise that one device would draw.
        place, parts = place_in_batch()
        shape = [parts * rows, columns]
        drawn = keras.random.uniform(shape, dtype="float32", seed=self.seed_generator)
        return drawn[place * rows : (place + 1) * rows]

    def compute_output_spec(self, ids, training=False):
        return keras.KerasTensor(ids.shape, dtype=ids.dtype)

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "swaps": self.swaps,
                "replacements": self.replacements,
                "num_words": self.num_words,
                "seed": self.seed,
            }
        )
        return config
