"""Bounds on the strings that a symbol of a grammar can produce."""

import dataclasses
import functools
import operator
from collections.abc import Iterable, Sequence


@dataclasses.dataclass(frozen=True)
class Reach:
    """Which words a symbol can produce, and how many.

    Attributes:
        words: bit mask of the words that may occur.
        first_words: bit mask of the words that may come first.
        shortest: smallest number of words.
        longest: largest number of words.
    """

    words: int
    first_words: int
    shortest: int
    longest: int


def one_of(reaches: Sequence[Reach]) -> Reach:
    """Returns the reach of a choice between alternatives.

    >>> one_of([Reach(1, 1, 1, 1), Reach(6, 2, 2, 3)])
    Reach(words=7, first_words=3, shortest=1, longest=3)
    """
    return Reach(
        functools.reduce(operator.or_, (reach.words for reach in reaches)),
        functools.reduce(operator.or_, (reach.first_words for reach in reaches)),
        min(reach.shortest for reach in reaches),
        max(reach.longest for reach in reaches),
    )


def sequence(reaches: Iterable[Reach]) -> Reach:
    """Returns the reach of symbols that follow each other.

    >>> sequence([Reach(1, 1, 0, 1), Reach(6, 2, 2, 3)])
    Reach(words=7, first_words=3, shortest=2, longest=4)
    """
    words = first_words = shortest = longest = 0
    for reach in reaches:
        # As long as everything so far may be empty, the next symbol may come first.
        if shortest == 0:
            first_words |= reach.first_words
        words |= reach.words
        shortest += reach.shortest
        longest += reach.longest
    return Reach(words, first_words, shortest, longest)
