"""Finds the words of a vocabulary in documents, in a graph."""

import re
import unicodedata
from collections.abc import Sequence

import tensorflow as tf

from tf_vmfvae.text.document_words import document_words, listed_words, word_pieces
from tf_vmfvae.text.graph_words import WIDE_SPACE, compose_symbols, decompose
from tf_vmfvae.text.word_patterns import word_patterns
from tf_vmfvae.text.word_tree import WordTree
from tf_vmfvae.text.words import normalize

# The one letter whose lower case has two characters.
DOTTED_I = unicodedata.normalize("NFD", "İ")


class WordFinder(tf.Module):
    """Finds the words that `listed_words` finds, with TensorFlow's own operations.

    Args:
        vocabulary: sequence of words; a word's id is its index plus 1.

    Call arguments:
        texts: strings, `(batch,)`. Bytes that are not UTF-8 count as the replacement
            character.

    Returns:
        A `tf.RaggedTensor` of int32 ids, `(batch, None)`, in the order of the text.

    Raises:
        ValueError: a word contains white space, so no word of a text can match it.

    >>> find = WordFinder(["US", "e-mail", "mail", "c++"])
    >>> find(tf.constant(["Mail us: the US E-mail, in C++.", ""])).to_list()
    [[3, 1, 2, 4], []]
    """

    def __init__(self, vocabulary: Sequence[str]):
        super().__init__()
        words = [normalize(word) for word in vocabulary]
        self._is_plain = listed_words(words) is document_words
        split = [
            [unicodedata.normalize("NFD", piece) for piece in word_pieces(word)]
            for word in words
        ]
        self._only_runs = all(
            len(pieces) == 1 and re.match(r"\w", pieces[0]) for pieces in split
        )
        numbers = {}
        for piece in (piece for pieces in split for piece in pieces):
            numbers.setdefault(piece, len(numbers) + 1)
        self._tree = WordTree(
            [[numbers[piece] for piece in pieces] for pieces in split], len(numbers)
        )
        self._numbers = tf.lookup.StaticHashTable(
            tf.lookup.KeyValueTensorInitializer(
                [*numbers], [*numbers.values()], tf.string, tf.int32
            ),
            default_value=0,
        )

    def __call__(self, texts: tf.Tensor) -> tf.RaggedTensor:
        pieces = self._pieces(tf.strings.unicode_transcode(texts, "UTF-8", "UTF-8"))
        ids = self._tree.find(self._spellings(pieces.flat_values))
        ids = pieces.with_flat_values(ids)
        return tf.ragged.boolean_mask(ids, ids > 0)

    def _pieces(self, texts):
        """Returns the pieces of each text; an empty one stands for white space."""
        patterns = word_patterns()
        if self._only_runs:
            return tf.strings.split(tf.strings.regex_replace(texts, patterns.gap, " "))
        unusual = f"(?s).*(?:{patterns.unusual}).*"
        rows = tf.where(tf.strings.regex_full_match(texts, unusual))
        texts = tf.cond(
            tf.size(rows) == 0,
            lambda: texts,
            lambda: tf.tensor_scatter_nd_update(
                texts, rows, compose_symbols(tf.gather_nd(texts, rows))
            ),
        )
        texts = tf.strings.regex_replace(texts, rf"{WIDE_SPACE}|[\t-\r]", " ")
        texts = tf.strings.regex_replace(texts, patterns.piece, r"\0 ")
        return tf.strings.split(texts, sep=" ")

    def _spellings(self, pieces):
        """Returns the numbers of pieces as they are and in lower case."""
        # This lowers ASCII only.
        as_is, lower = map(self._numbers.lookup, (pieces, tf.strings.lower(pieces)))
        is_ascii = tf.strings.length(pieces) == tf.strings.length(pieces, "UTF8_CHAR")
        others = tf.where(~is_ascii)
        spellings = tf.stack([as_is, lower], axis=1)
        spellings = tf.cond(
            tf.size(others) == 0,
            lambda: spellings,
            lambda: tf.tensor_scatter_nd_update(
                spellings, others, self._look_up(tf.gather_nd(pieces, others))
            ),
        )
        return tf.transpose(spellings)

    def _look_up(self, pieces):
        """Returns the numbers of pieces that are not ASCII, `(pieces, 2)`."""
        distinct, place = tf.unique(pieces)
        as_is, lower = decompose(distinct)
        numbers = tf.stack([*map(self._numbers.lookup, (as_is, lower))], axis=1)
        if self._is_plain:
            # A single letter is no word, though its lower case may look like one.
            numbers = tf.where((as_is == DOTTED_I)[:, None], 0, numbers)
        return tf.gather(numbers, place)
