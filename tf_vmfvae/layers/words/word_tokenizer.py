"""From raw text to word ids and back."""

import unicodedata
from collections.abc import Iterable, Sequence

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae.text import as_texts, as_vocabulary, normalize, split_words
from tf_vmfvae.text.graph_words import decompose, split_at_white_space
from tf_vmfvae.text.words import END, UNKNOWN

PADDING_ID, UNKNOWN_ID, END_ID = 0, 1, 2


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class WordTokenizer(keras.layers.Layer):
    r"""Splits text at white space and numbers the words.

    Id 0 is padding, 1 is `<unk>`, and 2 is `<eos>`, which ends every sentence. Text is
    split at Unicode's white space, as by `str.split`. Words are compared in Unicode's
    normal form C, so it does not matter whether a letter with an accent is written as
    one character or two. A word that is not in the vocabulary is looked up in lower
    case; if it is not found then either, it becomes `<unk>`. Graphs give the same ids
    and use only TensorFlow's own operations, so a SavedModel needs no other package.

    Args:
        vocabulary: sequence of words, or `None` for an empty vocabulary. `<unk>` and
            `<eos>` keep their ids, whether they are among the words or not.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        texts: list, array or Series of strings, or a string tensor of shape `(batch,)`.

    Returns:
        A `tf.RaggedTensor` of int32 ids, `(batch, None)`, each row ending in
        `<eos>`.

    Raises:
        ValueError: if a word occurs twice, is empty, or contains white space; if
            `texts` is a single string or holds an element that is not text.

    Example:
    >>> import tf_vmfvae
    >>> tokenizer = tf_vmfvae.layers.WordTokenizer(["the", "café", "rose"])
    >>> ids = tokenizer(["The cafe\u0301", "rose\u00a0sharply"])
    >>> ids.to_list()
    [[3, 4, 2], [5, 1, 2]]
    >>> tokenizer.detokenize(ids.to_list())
    ['the café', 'rose <unk>']
    """

    def __init__(self, vocabulary: Sequence[str] | None = None, **kwargs):
        super().__init__(**kwargs)
        words = [] if vocabulary is None else as_texts(vocabulary, "vocabulary")
        words = [word for word in words if word not in (UNKNOWN, END)]
        for word in words:
            if split_words(word) != [normalize(word)]:
                raise ValueError(
                    f"vocabulary: {word!r} is not a word; a word is not empty and has "
                    "no white space"
                )
        keys = [normalize(word) for word in as_vocabulary(words)]
        self.vocabulary = [UNKNOWN, END, *words]
        # Graphs can convert a word to normal form D, but not to C. If the two differ,
        # the table holds both, with the same id.
        spellings = {
            spelling: number
            for number, key in enumerate(keys, start=END_ID + 1)
            if (spelling := unicodedata.normalize("NFD", key)) != key
        }
        self._id_of = np.array([*range(len(keys) + 3), *spellings.values()], "int32")
        self.lookup = keras.layers.StringLookup(
            vocabulary=["", UNKNOWN, END, *keys, *spellings],
            mask_token="",
            oov_token=UNKNOWN,
        )
        self.built = True

    @property
    def vocabulary_size(self) -> int:
        """Number of words, with `<unk>` and `<eos>` but without padding."""
        return len(self.vocabulary)

    def __call__(self, texts) -> tf.RaggedTensor:
        # Keras accepts only tensors as positional arguments, but users have lists.
        if not tf.is_symbolic_tensor(texts):
            texts = tf.constant(as_texts(texts), tf.string)
        elif texts.shape.rank not in (1, None):
            raise ValueError(f"texts has shape {texts.shape}: give a batch of texts")
        return super().__call__(texts)

    def call(self, texts):
        words = split_at_white_space(texts)
        ids = words.with_flat_values(self._ids(words.flat_values))
        end = tf.fill([ids.nrows(), 1], END_ID)
        return tf.concat([ids, end], axis=1)

    def entries(self, words: Iterable[str]) -> list[str | None]:
        """Returns each word as the vocabulary spells it, `None` if it is unknown.

        >>> WordTokenizer(["the", "US"]).entries(["The", "us"])
        ['the', None]
        """
        words = as_texts(words, "words")
        ids = self._ids(tf.constant(words, tf.string)).numpy().tolist()
        return [
            None
            if index == UNKNOWN_ID and word != UNKNOWN
            else self.vocabulary[index - 1]
            for word, index in zip(words, ids, strict=True)
        ]

    def detokenize(self, ids: Iterable[Iterable[int]]) -> list[str]:
        """Returns the text of each row of ids, up to the first `<eos>` or padding."""
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

    def _ids(self, words):
        """Returns the ids of words.

        Args:
            words: string tensor; no word has white space.
        """
        ids = self._look_up(words)
        # Most words are spelled as in the vocabulary; only the others take more work.
        missing = tf.where(ids == UNKNOWN_ID)
        return tf.cond(
            tf.size(missing) == 0,
            lambda: ids,
            lambda: tf.tensor_scatter_nd_update(
                ids, missing, self._other_spellings(tf.gather_nd(words, missing))
            ),
        )

    def _other_spellings(self, words):
        """Returns the ids of words in normal form, or else in lower case."""
        distinct, place = tf.unique(words)
        normal, lower = decompose(distinct)
        ids = self._look_up(normal)
        ids = tf.where(ids == UNKNOWN_ID, self._look_up(lower), ids)
        return tf.gather(ids, place)

    def _look_up(self, spellings):
        return tf.gather(self._id_of, self.lookup(spellings))
