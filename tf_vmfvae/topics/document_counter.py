"""From texts or counts to the bags of words that a topic model reads."""

import itertools
import numbers
from collections.abc import Iterator, Sequence

import numpy as np
import scipy.sparse
from sklearn.utils import check_array

from tf_vmfvae.data import Documents
from tf_vmfvae.data.documents.bag_of_words import count_words, document_vectorizer
from tf_vmfvae.text import as_vocabulary, iterate_texts


class DocumentCounter:
    """Counts words with a vocabulary that is given, or collected from documents.

    Args:
        vocabulary: sequence of words, or `None` to collect them.
        max_features, min_df, max_df, stop_words: which words are collected, as in
            scikit-learn's `CountVectorizer`.
        vectorizer: an object with scikit-learn's `fit_transform`, `transform` and
            `get_feature_names_out` to use instead, or `None`.

    Attributes:
        words: list of str, the vocabulary, once it is known.
        reads_text: bool. Whether the words are known, and not only the columns of a
            matrix of counts.

    Raises:
        ValueError: if there are both a vocabulary and a vectorizer.
    """

    def __init__(
        self, vocabulary, max_features, min_df, max_df, stop_words, vectorizer
    ):
        if vocabulary is not None and vectorizer is not None:
            raise ValueError(
                "vocabulary: vectorizer has its own; leave one of them out"
            )
        self.vectorizer = vectorizer
        self.words = None
        self.reads_text = True
        self._options = {
            "max_features": max_features,
            "min_df": min_df,
            "max_df": max_df,
        }
        self._stop_words = stop_words
        if vocabulary is not None:
            self.words = as_vocabulary(vocabulary)

    def fit(self, X) -> Documents:
        """Collects the vocabulary, unless it is given, and counts its words."""
        if is_counts(X):
            counts = self._given(X)
            if self.words is None:
                self.words = [str(column) for column in range(counts.shape[1])]
                self.reads_text = False
            return self._documents(counts)
        if self.vectorizer is not None:
            counts = self.vectorizer.fit_transform(iterate_texts(X, "X"))
            self.words = list(map(str, self.vectorizer.get_feature_names_out()))
            return self._documents(checked_counts(counts))
        texts = iterate_texts(X, "X")
        return self._collect(texts) if self.words is None else self._count(texts)

    def count(self, X) -> Documents:
        """Counts the known words of documents; one without any is empty."""
        if is_counts(X):
            return self._documents(self._given(X))
        return self._count(self._readable(X))

    def blocks(self, X, size: int) -> Iterator[Documents]:
        """Yields what `count` returns, `size` documents at a time.

        No more texts than these are in memory if `X` is a generator.
        """
        if is_counts(X):
            documents = self._documents(self._given(X))
            for start in range(0, len(documents), size):
                yield documents[start : start + size]
            return
        texts = self._readable(X)
        while block := list(itertools.islice(texts, size)):
            yield self._count(block)

    def _readable(self, X):
        """Returns an iterator over texts, if their words can be counted."""
        texts = iterate_texts(X, "X")
        if not self.reads_text:
            raise ValueError(
                "X is text, but the model was fitted to counts of unnamed words: give "
                "counts, or fit with a vocabulary"
            )
        return texts

    def _count(self, texts):
        if self.vectorizer is not None:
            return self._documents(checked_counts(self.vectorizer.transform(texts)))
        return count_words(texts, self.words)

    def _given(self, X):
        if self.vectorizer is not None:
            raise ValueError(
                "vectorizer: X is a matrix of counts, so there is nothing left to "
                "count; leave vectorizer out, or give texts"
            )
        return checked_counts(X)

    def _collect(self, texts):
        """Collects the vocabulary; returns the documents. The texts are read once."""
        vectorizer = document_vectorizer(self._stop_words, **self._options)
        read = _Read(texts)
        try:
            counts = vectorizer.fit_transform(read)
        except ValueError as error:
            if not read.to_the_end:
                raise
            raise ValueError(
                f"X: no word of the {read.count} documents is left ({error}); lower "
                "min_df, raise max_df, or give more text"
            ) from None
        self.words = vectorizer.get_feature_names_out().tolist()
        # As they are when a vocabulary is given.
        counts.sort_indices()
        return Documents.from_matrix(counts)

    def _documents(self, counts):
        if counts.shape[1] != len(self.words):
            raise ValueError(
                f"X has {counts.shape[1]} columns, but the vocabulary has "
                f"{len(self.words)} words: give one column for each word"
            )
        return Documents.from_matrix(counts)


class _Read:
    """An iterator that knows how much has been read."""

    def __init__(self, values):
        self.count = 0
        self.to_the_end = False
        self._values = values

    def __iter__(self):
        for value in self._values:
            self.count += 1
            yield value
        self.to_the_end = True


def is_counts(X) -> bool:
    """Returns whether `X` is a matrix of counts rather than texts."""
    if scipy.sparse.issparse(X) or len(getattr(X, "shape", ())) == 2:
        return True
    # A list of lists of numbers.
    first = X[0] if isinstance(X, Sequence) and len(X) and X is not X[0] else None
    return (
        isinstance(first, Sequence)
        and not isinstance(first, str)
        and all(isinstance(value, numbers.Number) for value in first)
    )


def checked_counts(X) -> scipy.sparse.csr_matrix:
    """Returns counts as a sparse matrix of whole numbers.

    Raises:
        ValueError: if a count is negative, not finite or not whole.
    """
    counts = scipy.sparse.csr_matrix(
        check_array(X, accept_sparse="csr", input_name="X"), copy=True
    )
    counts.sum_duplicates()
    counts.eliminate_zeros()
    bad = (counts.data < 0) | (counts.data != np.floor(counts.data))
    if bad.any():
        raise ValueError(
            f"X: {counts.data[bad][0]} is not a count: give whole numbers of 0 or "
            "more, as CountVectorizer makes them (not TF-IDF weights)"
        )
    return counts
