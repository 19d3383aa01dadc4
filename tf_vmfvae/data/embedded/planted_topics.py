"""Documents about planted topics, with a vocabulary of any size."""

import string
from collections.abc import Iterator

import numpy as np

# Topics that the documents are about, and the share of their words that are a topic's.
TOPICS = 20
OWN_SHARE = 0.5
# Documents that are generated at a time.
BLOCK = 10_000


def planted_documents(
    count: int, words: int, vocabulary_size: int, seed: int = 0
) -> Iterator[str]:
    """Generates documents that are each about one of 20 topics.

    Their words have no meaning. Half of a document's words are drawn from the words of
    its topic, half from all of them; in both cases a few words are frequent. They stand
    in for a corpus of a given size and shape that cannot be had.

    Args:
        count: int. Number of documents.
        words: int. Words in each of them.
        vocabulary_size: int. Number of different words, at least 20.
        seed: int. Seed of the documents.

    Returns:
        An iterator over the documents, the same each time, words separated by spaces.

    >>> first, second = planted_documents(2, 6, 40)
    >>> first
    'wordh wordc wordh worda wordcg wordch'
    """
    rng = np.random.default_rng(seed)
    listed = np.array([_word(number) for number in range(vocabulary_size)], object)
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start), words
        # A square makes words with small numbers frequent.
        drawn = (vocabulary_size * rng.random(size) ** 2).astype(np.int64)
        topic = rng.integers(TOPICS, size=(size[0], 1))
        own = drawn // TOPICS * TOPICS + topic
        drawn = np.where(rng.random(size) < OWN_SHARE, own, drawn)
        for row in listed[np.minimum(drawn, vocabulary_size - 1)]:
            yield " ".join(row)


def _word(number):
    """Returns a word of letters for a number."""
    letters = "".join(string.ascii_lowercase[int(digit)] for digit in str(number))
    return f"word{letters}"
