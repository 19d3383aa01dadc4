"""Documents counted by words that were chosen elsewhere, such as those of a model."""

from collections.abc import Sequence

import numpy as np

from tf_vmfvae.data.documents.bag_of_words import (
    build_document_vocabulary,
    count_words,
)
from tf_vmfvae.data.documents.documents import Documents

# How well the given words have to cover a text, compared with the text's own words:
# below the first share it is refused, below the second there is a note. The first is
# low because stop words may have been chosen otherwise.
REFUSED, NOTED = 0.2, 0.9
# How many words a message names, and how many characters of each.
_NAMED, _SHOWN = 3, 30


def notes_on_coverage(
    texts: Sequence[str],
    vocabulary: Sequence[str],
    stop_words: Sequence[str] | str | None,
) -> list[str]:
    """Compares given words with as many of the documents' own most frequent ones.

    Args:
        texts: raw documents.
        vocabulary: the given words.
        stop_words: words that are not among the documents' own, as for
            `build_document_vocabulary`.

    Returns:
        A note for the user, or an empty list if the given words are about as good.

    Raises:
        ValueError: the documents are about something else.

    >>> notes_on_coverage(["rain and snow", "rain"], ["rain"], "english")
    []
    """
    own = build_document_vocabulary(texts, len(vocabulary), stop_words=stop_words)
    covered, coverable = (
        int(count_words(texts, words).num_words.sum()) for words in (vocabulary, own)
    )
    return compare_coverage(covered, coverable, len(own))


def compare_coverage(covered: int, coverable: int, own: int) -> list[str]:
    """Returns what `notes_on_coverage` does, and raises the same.

    Args:
        covered: how many words of the training documents are among the given ones.
        coverable: how many are among their own most frequent ones.
        own: the number of the latter.
    """
    if covered >= NOTED * coverable:
        return []
    note = (
        f"the given vocabulary covers {covered} words of the training documents, but "
        f"their own {own} most frequent words cover {coverable}"
    )
    if covered < REFUSED * coverable:
        raise ValueError(f"{note}: give documents like those that the words are from")
    return [note]


def with_ids_of(
    vocabulary: Sequence[str], own: Sequence[str], splits: dict[str, Documents]
) -> dict[str, Documents]:
    """Returns documents with the ids that their words have in another vocabulary.

    Args:
        vocabulary: the same words as in `own`, in any order.
        own: the words of the documents.
        splits: the documents.

    Raises:
        ValueError: a word is in only one of the vocabularies.

    >>> splits = {"train": Documents.from_rows([[(1, 2), (3, 1)]])}
    >>> with_ids_of(["c", "b", "a"], ["a", "b", "c"], splits)["train"].pairs.tolist()
    [[1, 1], [3, 2]]
    """
    own, vocabulary = list(own), list(vocabulary)
    if own == vocabulary:
        return splits
    column = {word: index for index, word in enumerate(own)}
    different = [word for word in vocabulary if word not in column]
    different += sorted(set(own).difference(vocabulary))
    if different:
        named = ", ".join(word[:_SHOWN] for word in different[:_NAMED])
        raise ValueError(
            f"the corpus has a vocabulary of {len(own)} words and the given one has "
            f"{len(vocabulary)}; {len(different)} words are in only one of them, such "
            f"as {named}: give the corpus that the words are from"
        )
    order = np.array([column[word] for word in vocabulary])
    return {
        split: Documents.from_matrix(
            documents.matrix(len(own))[:, order].sorted_indices(), documents.labels
        )
        for split, documents in splits.items()
    }
