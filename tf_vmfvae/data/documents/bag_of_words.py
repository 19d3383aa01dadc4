"""Bags of words from raw documents."""

from collections.abc import Sequence, Set

import numpy as np

from tf_vmfvae.data.documents.documents import Documents
from tf_vmfvae.text import (
    as_texts,
    as_vocabulary,
    iterate_texts,
    normalize,
    split_words,
)
from tf_vmfvae.text.document_words import document_words, listed_words


def build_document_vocabulary(
    texts: Sequence[str],
    size: int | None = None,
    minimum_documents: int = 1,
    stop_words: Sequence[str] | str | None = None,
) -> list[str]:
    """Collects the most frequent words of raw documents.

    Args:
        texts: the documents; see `tf_vmfvae.text.document_words` for what a word is.
        size: the largest number of words; None for no limit.
        minimum_documents: number of documents in which a word must occur.
        stop_words: words to leave out, each split into words like a document; "english"
            for scikit-learn's list.

    Returns:
        The words in alphabetical order.

    Raises:
        ValueError: no word is left, an argument is out of range, or an element of
            `texts` or `stop_words` is not text.

    >>> build_document_vocabulary(["A rose is a rose.", "Is it?"], size=2)
    ['is', 'rose']
    """
    check_sizes(size, minimum_documents)
    texts = as_texts(texts)
    vectorizer = document_vectorizer(
        stop_words,
        max_features=None if size is None else int(size),
        # scikit-learn takes a float for a share of the documents.
        min_df=int(minimum_documents),
    )
    try:
        vectorizer.fit(texts)
    except ValueError:
        raise no_word_left(minimum_documents) from None
    return vectorizer.get_feature_names_out().tolist()


def check_sizes(size: int | None, minimum_documents: int) -> None:
    """Checks arguments of `build_document_vocabulary`.

    Raises:
        ValueError: one is out of range.
    """
    for name, value in (("size", size), ("minimum_documents", minimum_documents)):
        if value is not None and (value < 1 or value != int(value)):
            raise ValueError(f"{name} is {value}: give a whole number of at least 1")


def no_word_left(minimum_documents: int) -> ValueError:
    """Returns the error that says that a vocabulary would be empty."""
    return ValueError(
        f"apart from stop words, no word occurs in {minimum_documents} documents: "
        "lower minimum_documents or give more text"
    )


def document_vectorizer(stop_words: Sequence[str] | str | None, **options):
    """Returns scikit-learn's `CountVectorizer` for the words of `document_words`.

    Args:
        stop_words: as for `build_document_vocabulary`.
        **options: other arguments of `CountVectorizer`.

    Raises:
        ValueError: `stop_words` is neither "english" nor words.
    """
    # Slow to import.
    from sklearn.feature_extraction.text import CountVectorizer

    left_out = stop_word_set(stop_words)
    return CountVectorizer(
        analyzer=lambda text: [w for w in document_words(text) if w not in left_out],
        dtype=np.int32,
        **options,
    )


def count_words(
    texts: Sequence[str],
    vocabulary: Sequence[str],
    labels: Sequence[str] | None = None,
) -> Documents:
    """Counts the known words of raw documents.

    Args:
        texts: the documents.
        vocabulary: words; the id of a word is its index plus 1. See
            `tf_vmfvae.text.listed_words` for how the words of a text are matched.
        labels: one label per document, or None.

    Returns:
        The documents; one without a known word is empty.

    Raises:
        ValueError: a word of the vocabulary occurs twice, is empty or contains white
            space, an element of `texts` or `vocabulary` is not text, or there is not
            one label per document.

    >>> documents = count_words(["A rose is a rose."], ["is", "rose"])
    >>> documents.pairs.tolist()
    [[1, 1], [2, 2]]
    """
    words = [normalize(word) for word in as_vocabulary(vocabulary)]
    return _count(texts, words, listed_words(words), labels)


def count_listed_words(
    texts: Sequence[str],
    vocabulary: Sequence[str],
    labels: Sequence[str] | None = None,
) -> Documents:
    """Counts the known words of documents that are tokenised already.

    Args:
        texts: the documents, words separated by white space.
        vocabulary: words; the id of a word is its index plus 1. A word of a document
            has to be the same: capitals, digits and punctuation count.
        labels: one label per document, or None.

    Returns:
        The documents; one without a known word is empty.

    Raises:
        ValueError: a word of the vocabulary occurs twice or is empty, an element of
            `texts` or `vocabulary` is not text, or there is not one label per document.

    >>> count_listed_words(["web_2 Web web_2"], ["web", "web_2"]).pairs.tolist()
    [[2, 2]]
    """
    words = [normalize(word) for word in as_vocabulary(vocabulary)]
    return _count(texts, words, split_words, labels)


def _count(texts, words, analyzer, labels):
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(analyzer=analyzer, vocabulary=words, dtype=np.int32)
    return Documents.from_matrix(vectorizer.transform(iterate_texts(texts)), labels)


def stop_word_set(words: Sequence[str] | str | None) -> frozenset[str]:
    """Returns the stop words, split and normalised like the words of documents.

    Args:
        words: as for `build_document_vocabulary`.

    Raises:
        ValueError: they are neither "english" nor words.
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    if words is None:
        return frozenset()
    if isinstance(words, str):
        if words != "english":
            raise ValueError(
                f"stop_words is {words!r}: give 'english', None or a list of words"
            )
        words = ENGLISH_STOP_WORDS
    # A set is fine here: the order does not matter.
    words = list(words) if isinstance(words, Set) else words
    listed = as_texts(words, "stop_words")
    return frozenset(word for text in listed for word in document_words(text))
