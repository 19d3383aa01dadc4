"""From raw documents to the bags of words that a document model reads."""

import functools
from collections.abc import Callable, Sequence

import numpy as np
import tensorflow as tf

from tf_vmfvae.data import Documents
from tf_vmfvae.data.documents.bag_of_words import count_words
from tf_vmfvae.models.preprocessor import Preprocessor
from tf_vmfvae.text import as_texts, listed_words, normalize, series_label


class DocumentPreprocessor(Preprocessor):
    """Counts the known words of raw documents.

    A document without a known word is refused, because there is nothing to learn from
    it. In a `tf.data.Dataset`, which is read only during training, it becomes an empty
    row instead, which counts in no loss and no metric.

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
            # The words of a document cannot be found by TensorFlow's own operations.
            pairs = tf.numpy_function(self._count, [texts], tf.int32)
            return tf.ensure_shape(pairs, [texts.shape[0], None, 2])
        documents = known_documents(texts, self.vocabulary, name)
        return tf.RaggedTensor.from_row_splits(
            documents.pairs, documents.row_splits, validate=False
        )

    def _count(self, texts):
        """Returns the padded pairs of an array of texts."""
        documents = count_words(as_texts(texts, "x"), self.vocabulary)
        [*batches] = documents.padded(max(len(documents), 1))
        return batches[0] if batches else np.zeros((0, 1, 2), np.int32)


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
