"""From raw documents to the bags of words that a document model reads."""

import functools
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from tf_vmfvae.data import Documents
from tf_vmfvae.data.documents.bag_of_words import count_words
from tf_vmfvae.models.preprocessor import Preprocessor
from tf_vmfvae.text import as_texts, listed_words, normalize, series_label
from tf_vmfvae.text.word_finder import WordFinder


class DocumentPreprocessor(Preprocessor):
    """Counts the known words of raw documents.

    A document without a known word is refused, because there is nothing to learn from
    it. In a `tf.data.Dataset`, which is read only during training, it becomes an empty
    row instead, which counts in no loss and no metric. There the words are found by
    TensorFlow's own operations, without Python, and are the same; bytes that are not
    UTF-8 are no letters.

    Args:
        vocabulary: the model's words, see `NVDM`.

    Call arguments:
        x: as for `Preprocessor`.

    Returns:
        int32 `(batch, pairs, 2)`, word ids and counts, padded with zeros.

    Raises:
        ValueError: as `Preprocessor`, if a document has no known word, or if a word of
            the vocabulary contains white space.

    Example:
    >>> preprocessor = DocumentPreprocessor(["goal", "rain"])
    >>> preprocessor(["Rain, and more rain.", "A goal in the rain!"]).numpy().tolist()
    [[[2, 2], [0, 0]], [[1, 1], [2, 1]]]
    >>> preprocessor.tokenizer("A goal in the rain!")
    ['goal', 'in', 'the', 'rain']
    """

    def __init__(self, vocabulary: Sequence[str]):
        self.vocabulary = vocabulary

    @functools.cached_property
    def tokenizer(self) -> Callable[[str], list[str]]:
        """Function from a text to its words, see `tf_vmfvae.text.listed_words`."""
        return listed_words([normalize(word) for word in self.vocabulary])

    def read(self, texts, labels, name):
        if tf.is_symbolic_tensor(texts):
            return self.count(texts)
        documents = known_documents(texts, self.vocabulary, name)
        return tf.RaggedTensor.from_row_splits(
            documents.pairs, documents.row_splits, validate=False
        )

    @functools.cached_property
    def word_finder(self) -> WordFinder:
        """Finds the same words in graphs; its table belongs to no graph."""
        with tf.init_scope():
            return WordFinder(self.vocabulary)

    def count(self, texts: tf.Tensor) -> tf.RaggedTensor:
        """Returns the pairs of texts, in the order of their ids, in a graph.

        Args:
            texts: a string tensor of shape `(batch,)`. One without a known word has no
                pairs.
        """
        ids = self.word_finder(texts)
        limit = len(self.vocabulary) + 1
        rows = ids.value_rowids()
        keys = tf.sort(rows * limit + tf.cast(ids.flat_values, tf.int64))
        keys, _, counts = tf.unique_with_counts(keys)
        return tf.RaggedTensor.from_value_rowids(
            tf.stack([tf.cast(keys % limit, tf.int32), counts], axis=1),
            keys // limit,
            # If known before the graph runs, so is the shape of the batch.
            nrows=texts.shape[0] or tf.size(texts, tf.int64),
            validate=False,
        )


def known_documents(texts, vocabulary: Sequence[str], name: str = "texts") -> Documents:
    """Counts the words of documents, each of which must have a known one.

    Args:
        texts: raw documents: a list, array or Series of strings.
        vocabulary: the model's words.
        name: name of the caller's argument, for error messages.

    Raises:
        ValueError: if a document has no known word; the first is named. Also if an
            element of `texts` is not text, or a word of the vocabulary contains white
            space.

    >>> known_documents(["A goal!", "Rain."], ["goal", "rain"]).pairs.tolist()
    [[1, 1], [2, 1]]
    """
    raw = as_texts(texts, name)
    documents = count_words(raw, vocabulary)
    empty = np.flatnonzero(documents.lengths == 0)
    if empty.size:
        first = empty[0]
        start = repr(" ".join(raw[first].split())[:40])
        shown = ", ".join(filter(None, (series_label(texts, first), start)))
        raise ValueError(
            f"document {first + 1} of {len(raw)} ({shown}) has no word of the model's "
            f"vocabulary ({empty.size} such documents): leave it out"
        )
    return documents
