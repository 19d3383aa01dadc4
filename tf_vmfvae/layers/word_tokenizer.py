"""From raw text to word ids and back."""

import collections
import unicodedata
from collections.abc import Iterable, Sequence

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae.text import as_texts, normalize, split_words
from tf_vmfvae.text.graph_words import decompose, split_at_white_space
from tf_vmfvae.text.words import END, UNKNOWN

PADDING_ID, UNKNOWN_ID, END_ID = 0, 1, 2


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class WordTokenizer(keras.layers.Layer):
    r"""Splits text at white space and numbers the words.

    Id 0 is padding, 1 is `<unk>`, 2 is `<eos>`, which ends every sentence. White space
    is what `str.split` takes for it, and a word is the same in each of its canonical
    spellings (Unicode's normal form C counts). A word that is not in the vocabulary is
    looked up once more in lower case; what is still unknown becomes `<unk>`. All this
    holds in graphs too, and takes no operation that TensorFlow alone does not have.

    Args:
        vocabulary: sequence of words, or `None` for an empty vocabulary. The two
            words `<unk>` and `<eos>` need not be among them and keep their ids.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        texts: list, array or Series of strings, or a string tensor of shape `(batch,)`.

    Returns:
        A `tf.RaggedTensor` of int32 ids, `(batch, None)`, each row ending in
        `<eos>`.

    Raises:
        ValueError: if a word occurs twice, is empty, or contains white space; if
            `texts` is a single string or one of them is no text.

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
                    f"vocabulary: {word!r} is no word; words are non-empty and hold "
                    "no white space"
                )
        keys = [normalize(word) for word in words]
        if len(set(keys)) != len(keys):
            twice = collections.Counter(keys).most_common(1)[0][0]
            raise ValueError(f"vocabulary: {twice!r} occurs twice; list each word once")
        self.vocabulary = [UNKNOWN, END, *words]
        # Normal form D is what graphs can bring a word to. Where it is another
        # spelling, it is an entry of its own, which stands for the word's.
        spellings = {
            spelling: number
            for number, key in enumerate(keys, start=END_ID + 1)
            if (spelling := unicodedata.normalize("NFD", key)) != key
        }
        self._id_of = np.array([*range(len(keys) + 3), *spellings.values()], "int32")
        self._index = {key: number for number, key in enumerate([UNKNOWN, END, *keys])}
        self.lookup = keras.layers.StringLookup(
            vocabulary=["", UNKNOWN, END, *keys, *spellings],
            mask_token="",
            oov_token=UNKNOWN,
        )
        self.built = True

    @property
    def vocabulary_size(self) -> int:
        """Number of words, `<unk>` and `<eos>` included, padding not."""
        return len(self.vocabulary)

    def __call__(self, texts) -> tf.RaggedTensor:
        # Keras takes only tensors by position; a list of strings is what one has.
        if not tf.is_symbolic_tensor(texts):
            texts = tf.constant(as_texts(texts), tf.string)
        elif texts.shape.rank not in (1, None):
            raise ValueError(f"texts is of shape {texts.shape}: give a batch of texts")
        return super().__call__(texts)

    def call(self, texts):
        words = split_at_white_space(texts)
        ids = words.with_flat_values(self._ids(words.flat_values))
        end = tf.fill([ids.nrows(), 1], END_ID)
        return tf.concat([ids, end], axis=1)

    def entry(self, word: str) -> str | None:
        """Returns the word of the vocabulary that a word is read as, if there is one.

        The lookup of `call`, for a single word.

        >>> WordTokenizer(["the", "US"]).entry("The")
        'the'
        """
        word = normalize(word)
        for key in (word, normalize(word.lower())):
            if key in self._index:
                return self.vocabulary[self._index[key]]
        return None

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

    def _ids(self, words):
        """Ids of words that hold no white space."""
        ids = self._listed(words)
        # What is listed as it is written needs no more.
        missing = tf.where(ids == UNKNOWN_ID)
        return tf.cond(
            tf.size(missing) == 0,
            lambda: ids,
            lambda: tf.tensor_scatter_nd_update(
                ids, missing, self._other_spellings(tf.gather_nd(words, missing))
            ),
        )

    def _other_spellings(self, words):
        """Ids of words by their other canonical spellings and by their lower case."""
        different, place = tf.unique(words)
        as_it_is, lower = decompose(different)
        ids = self._listed(as_it_is)
        ids = tf.where(ids == UNKNOWN_ID, self._listed(lower), ids)
        return tf.gather(ids, place)

    def _listed(self, spellings):
        return tf.gather(self._id_of, self.lookup(spellings))
