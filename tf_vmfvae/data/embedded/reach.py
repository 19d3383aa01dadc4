"""What a symbol of a grammar can become, in short."""

import dataclasses
import functools
import operator
from collections.abc import Iterable, Sequence


@dataclasses.dataclass(frozen=True)
class Reach:
    """What a symbol can become: bit masks of words, and lengths in words.

    Attributes:
        words: the words that may occur.
        first_words: the words that may come first.
        shortest: the smallest number of words.
        longest: the largest number of words.
    """

    words: int
    first_words: int
    shortest: int
    longest: int


def one_of(reaches: Sequence[Reach]) -> Reach:
    """Reach of a choice between symbols.

    >>> one_of([Reach(1, 1, 1, 1), Reach(6, 2, 2, 3)])
    Reach(words=7, first_words=3, shortest=1, longest=3)
    """
    return Reach(
        functools.reduce(operator.or_, (reach.words for reach in reaches)),
        functools.reduce(operator.or_, (reach.first_words for reach in reaches)),
        min(reach.shortest for reach in reaches),
        max(reach.longest for reach in reaches),
    )


def after_each_other(reaches: Iterable[Reach]) -> Reach:
    """Reach of a sequence of symbols.

    >>> after_each_other([Reach(1, 1, 0, 1), Reach(6, 2, 2, 3)])
    Reach(words=7, first_words=3, shortest=2, longest=4)
    """
    words = first_words = shortest = longest = 0
    for reach in reaches:
        # What can be left out lets the next one come first too.
        if shortest == 0:
            first_words |= reach.first_words
        words |= reach.words
        shortest += reach.shortest
        longest += reach.longest
    return Reach(words, first_words, shortest, longest)
