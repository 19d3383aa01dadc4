"""The vocabulary of a corpus of sentences."""

import collections
from collections.abc import Iterable, Mapping

from tf_vmfvae.text import iterate_texts, split_words
from tf_vmfvae.text.words import END, UNKNOWN


def build_vocabulary(
    sentences: Iterable[str], size: int | None = None, minimum_count: int = 1
) -> list[str]:
    """Collects the most frequent words.

    Args:
        sentences: words separated by white space. `<unk>` and `<eos>` among them count
            as the entries of that name.
        size: the largest number of entries, including `<unk>` and `<eos>`; None for no
            limit.
        minimum_count: how often a word must occur to get an entry.

    Returns:
        `<unk>`, `<eos>`, then the words, most frequent first; words with the same
        frequency are in alphabetical order.

    Raises:
        ValueError: `size` leaves no room for a word, `minimum_count` is less than 1, or
            `sentences` is a single string or contains an element that is not text.

    >>> build_vocabulary(["a rose is a rose", "is it"], minimum_count=2)
    ['<unk>', '<eos>', 'a', 'is', 'rose']
    """
    check_sizes(size, minimum_count)
    counts = collections.Counter()
    for sentence in iterate_texts(sentences, "sentences"):
        counts.update(split_words(sentence))
    return most_frequent(counts, size, minimum_count)


def most_frequent(
    counts: Mapping[str, int], size: int | None, minimum_count: int
) -> list[str]:
    """Returns the vocabulary of words that have been counted.

    Args:
        counts: how often each word occurs.
        size: as for `build_vocabulary`.
        minimum_count: as for `build_vocabulary`.

    >>> most_frequent({"rose": 1, "is": 2, "a": 2}, size=4, minimum_count=1)
    ['<unk>', '<eos>', 'a', 'is']
    """
    counts = {word: n for word, n in counts.items() if word not in (UNKNOWN, END)}
    frequent = [word for word, count in counts.items() if count >= minimum_count]
    frequent.sort(key=lambda word: (-counts[word], word))
    return [UNKNOWN, END, *frequent][:size]


def check_sizes(size: int | None, minimum_count: int) -> None:
    """Raises a ValueError if no vocabulary can have these sizes.

    Args:
        size: as for `build_vocabulary`.
        minimum_count: as for `build_vocabulary`.

    >>> check_sizes(None, 1)
    """
    if size is not None and size < 3:
        raise ValueError(
            f"vocabulary size is {size}: give at least 3, for {UNKNOWN}, {END} and a "
            "word"
        )
    if minimum_count < 1:
        raise ValueError(f"minimum_count is {minimum_count}: give at least 1")
