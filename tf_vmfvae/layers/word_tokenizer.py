"""From raw text to word ids and back."""

from collections.abc import Iterable, Sequence

import keras
import numpy as np
import tensorflow as tf

PADDING_ID, UNKNOWN_ID, END_ID = 0, 1, 2
UNKNOWN, END = "<unk>", "<eos>"


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class WordTokenizer(keras.layers.Layer):
    """Splits text at white space and numbers the words.

    Id 0 is padding, 1 is `<unk>`, 2 is `<eos>`, which ends every sentence. A word
    that is not in the vocabulary is looked up once more in lower case; what is
    still unknown becomes `<unk>`.

    Args:
        vocabulary: sequence of words, or `None` for an empty vocabulary. The two
            words `<unk>` and `<eos>` need not be among them and keep their ids.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        texts: sequence of strings, or a string tensor of shape `(batch,)`.

    Returns:
        A `tf.RaggedTensor` of int32 ids, `(batch, None)`, each row ending in
        `<eos>`.

    Raises:
        ValueError: if a word occurs twice, is empty, or contains white space.

    Example:
    >>> import tf_vmfvae
    >>> tokenizer = tf_vmfvae.layers.WordTokenizer(["the", "profit", "rose"])
    >>> ids = tokenizer(["The profit rose", "rose sharply"])
    >>> ids.to_list()
    [[3, 4, 5, 2], [5, 1, 2]]
    >>> tokenizer.detokenize(ids.to_list())
    ['the profit rose', 'rose <unk>']
    """

    def __init__(self, vocabulary: Sequence[str] | None = None, **kwargs):
        super().__init__(**kwargs)
        words = [word for word in vocabulary or () if word not in (UNKNOWN, END)]
        for word in words:
            if not word or word.split() != [word]:
                raise ValueError(
                    f"vocabulary: {word!r} is no word; words are non-empty and hold "
                    "no white space"
                )
        if len(set(words)) != len(words):
            twice = next(word for word in words if words.count(word) > 1)
            raise ValueError(f"vocabulary: {twice!r} occurs twice; list each word once")
        self.vocabulary = [UNKNOWN, END, *words]
        self.lookup = keras.layers.StringLookup(
            vocabulary=["", UNKNOWN, END, *words], mask_token="", oov_token=UNKNOWN
        )
        self.built = True

    @property
    def vocabulary_size(self) -> int:
        """Number of words, `<unk>` and `<eos>` included, padding not."""
        return len(self.vocabulary)

    def __call__(self, texts) -> tf.RaggedTensor:
        # Keras takes only tensors by position; a list of strings is what one has.
        return super().__call__(tf.convert_to_tensor(texts, tf.string))

    def call(self, texts):
        words = tf.strings.split(texts)
        ids = self.lookup(words.flat_values)
        lower = self.lookup(tf.strings.lower(words.flat_values, encoding="utf-8"))
        ids = tf.cast(tf.where(ids == UNKNOWN_ID, lower, ids), tf.int32)
        ids = words.with_flat_values(ids)
        end = tf.fill([ids.nrows(), 1], END_ID)
        return tf.concat([ids, end], axis=1)

    def detokenize(self, ids: Iterable[Iterable[int]]) -> list[str]:
        """Returns a text a row, its words up to the first `<eos>` or padding."""
        texts = []
        for row in ids:
            row = np.asarray(row)
            ends = np.flatnonzero((row == END_ID) | (row == PADDING_ID))
            row = row[: ends[0]] if ends.size else row
            texts.append(" ".join(self.vocabulary[index - 1] for index in row))
        return texts

    def get_config(self):
        config = super().get_config()
        config.update({"vocabulary": self.vocabulary[2:]})
        return config
