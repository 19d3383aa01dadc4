"""Checks a vocabulary that a user passes."""

import collections
from collections.abc import Iterable

from tf_vmfvae.text.texts import as_texts
from tf_vmfvae.text.words import normalize


def as_vocabulary(vocabulary: Iterable[str]) -> list[str]:
    """Returns the words of a vocabulary as a list.

    Args:
        vocabulary: a list, array or other iterable of words, as for `as_texts`.

    Raises:
        ValueError: a word is empty, is not text, or occurs twice (also if its accents
            are encoded differently). The message names it.

    >>> as_vocabulary(["ball", "goal", "ball"])
    Traceback (most recent call last):
    ValueError: vocabulary: 'ball' occurs twice; list each word once
    """
    words = as_texts(vocabulary, "vocabulary")
    if "" in words:
        raise ValueError(f"vocabulary[{words.index('')}] is empty: leave it out")
    counts = collections.Counter(map(normalize, words))
    for word, count in counts.items():
        if count > 1:
            raise ValueError(f"vocabulary: {word!r} occurs twice; list each word once")
    return words
