"""From raw documents to bags of words."""

import collections
from collections.abc import Sequence, Set

from tf_vmfvae.data.documents import Documents
from tf_vmfvae.text import as_texts, normalize
from tf_vmfvae.text.document_words import document_words, listed_words


def build_document_vocabulary(
    texts: Sequence[str],
    size: int | None = None,
    minimum_documents: int = 1,
    stop_words: Sequence[str] | str | None = None,
) -> list[str]:
    """Collects the most frequent words of raw documents.

    Args:
        texts: the documents; words are runs of two letters or more with the marks on
            them, in lower case and in Unicode's normal form C.
        size: the largest number of words; None for no limit.
        minimum_documents: in how many documents a word must occur.
        stop_words: words to leave out, each read as a document is; "english" for
            scikit-learn's list.

    Returns:
        The words in alphabetical order.

    Raises:
        ValueError: no word is left, an argument is out of its range, or there is
            something that is no text among the texts; names its place.

    >>> build_document_vocabulary(["A rose is a rose.", "Is it?"], size=2)
    ['is', 'rose']
    """
    # It takes a while to import.
    from sklearn.feature_extraction.text import CountVectorizer

    for name, value in (("size", size), ("minimum_documents", minimum_documents)):
        if value is not None and (value < 1 or value != int(value)):
            raise ValueError(f"{name} is {value}: give a whole number of at least 1")
    texts, left_out = as_texts(texts), _stop_words(stop_words)
    vectorizer = CountVectorizer(
        analyzer=lambda text: [w for w in document_words(text) if w not in left_out],
        max_features=None if size is None else int(size),
        # To scikit-learn a number with a point would be a share of the documents.
        min_df=int(minimum_documents),
    )
    try:
        vectorizer.fit(texts)
    except ValueError:
        raise ValueError(
            f"no word of the documents is in {minimum_documents} of them and no stop "
            "word: lower minimum_documents or give more text"
        ) from None
    return vectorizer.get_feature_names_out().tolist()


def count_words(
    texts: Sequence[str],
    vocabulary: Sequence[str],
    labels: Sequence[str] | None = None,
) -> Documents:
    """Counts the known words of raw documents.

    Args:
        texts: the documents.
        vocabulary: words; ids count from 1 along them. Each is found as it is listed,
            and otherwise in lower case; see `tf_vmfvae.text.listed_words`.
        labels: a label a document, or None.

    Returns:
        The documents; one without a known word is empty.

    Raises:
        ValueError: a word occurs twice, is empty or holds white space, there are more
            or fewer labels than documents, or there is something that is no text among
            the texts, words or labels; names it.

    >>> documents = count_words(["A rose is a rose."], ["is", "rose"])
    >>> documents.pairs.tolist()
    [[1, 1], [2, 2]]
    """
    from sklearn.feature_extraction.text import CountVectorizer

    words = [normalize(word) for word in check_vocabulary(vocabulary)]
    vectorizer = CountVectorizer(analyzer=listed_words(words), vocabulary=words)
    return Documents.from_matrix(vectorizer.transform(as_texts(texts)), labels)


def check_vocabulary(vocabulary: Sequence[str]) -> list[str]:
    """Returns the words of a vocabulary as a list.

    Raises:
        ValueError: a word is no text, is empty, or occurs twice, if only in another
            spelling; names it.

    >>> check_vocabulary(["ball", "goal", "ball"])
    Traceback (most recent call last):
    ValueError: vocabulary: 'ball' occurs twice; list each word once
    """
    words = as_texts(vocabulary, "vocabulary")
    if "" in words:
        raise ValueError(f"vocabulary[{words.index('')}] is empty: list words")
    counts = collections.Counter(map(normalize, words))
    for word, count in counts.items():
        if count > 1:
            raise ValueError(f"vocabulary: {word!r} occurs twice; list each word once")
    return words


def _stop_words(words) -> frozenset[str]:
    """The words that are left out, as documents hold them."""
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    if words is None:
        return frozenset()
    if isinstance(words, str):
        if words != "english":
            raise ValueError(
                f"stop_words is {words!r}: give 'english', None or a list of words"
            )
        words = ENGLISH_STOP_WORDS
    # Of a set too: here no one minds the order.
    words = list(words) if isinstance(words, Set) else words
    listed = as_texts(words, "stop_words")
    return frozenset(word for text in listed for word in document_words(text))
