"""Seed words, which say what the first topics are about."""

import numpy as np


def check_seed_words(seed_words, vocabulary) -> None:
    """Checks that each seed word is known.

    Raises:
        ValueError: if a list is empty or a word is not in the vocabulary.
    """
    known = set(vocabulary)
    for position, words in enumerate(seed_words or ()):
        for word in words:
            if word not in known:
                raise ValueError(
                    f"seed_words[{position}]: {word!r} is not in the vocabulary: leave "
                    "it out, or lower min_df"
                )


def seed_directions(seed_words, vocabulary, documents, codes):
    """Returns where documents with the seed words lie, `[lists, d]`, or `None`."""
    if not seed_words:
        return None
    column = {word: index for index, word in enumerate(vocabulary)}
    occurs = documents.matrix(len(column)) > 0
    shares = [
        occurs[:, [column[word] for word in set(words)]].mean(axis=1)
        for words in seed_words
    ]
    # A document with all of the words counts far more than one with a few.
    weights = np.concatenate([np.asarray(share).T ** 2 for share in shares])
    means = np.maximum(weights, 1e-9) @ codes
    return means / np.linalg.norm(means, axis=1, keepdims=True)
