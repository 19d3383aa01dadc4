"""From raw documents to bags of words."""

from collections.abc import Sequence

from tf_vmfvae.data.documents import Documents

# Runs of two letters or more; a word of one letter says little of a topic.
WORD = r"(?u)\b[^\W\d_][^\W\d_]+\b"


def build_document_vocabulary(
    texts: Sequence[str],
    size: int | None = None,
    minimum_documents: int = 1,
    stop_words: Sequence[str] | str | None = None,
) -> list[str]:
    """Collects the most frequent words of raw documents.

    Args:
        texts: the documents; words are runs of two letters or more, in lower case.
        size: the largest number of words; None for no limit.
        minimum_documents: in how many documents a word must occur.
        stop_words: words to leave out; "english" for scikit-learn's list.

    Returns:
        The words in alphabetical order.

    Raises:
        ValueError: no word is left.

    >>> build_document_vocabulary(["A rose is a rose.", "Is it?"], size=2)
    ['is', 'rose']
    """
    # It takes a while to import.
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(
        token_pattern=WORD,
        max_features=size,
        min_df=minimum_documents,
        stop_words=stop_words if stop_words is None else _stop_words(stop_words),
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
        texts: the documents, read as in `build_document_vocabulary`.
        vocabulary: words; ids count from 1 along them.
        labels: a label a document, or None.

    Returns:
        The documents; one without a known word is empty.

    >>> documents = count_words(["A rose is a rose."], ["is", "rose"])
    >>> documents.pairs.tolist()
    [[1, 1], [2, 2]]
    """
    from sklearn.feature_extraction.text import CountVectorizer

    vectorizer = CountVectorizer(token_pattern=WORD, vocabulary=list(vocabulary))
    return Documents.from_matrix(vectorizer.transform(texts), labels)


def _stop_words(words):
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return sorted(ENGLISH_STOP_WORDS) if words == "english" else list(words)
