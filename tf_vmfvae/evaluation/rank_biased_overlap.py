"""Rank-biased overlap of two ranked lists (Webber et al. 2010)."""

from collections.abc import Hashable, Sequence


def rank_biased_overlap(
    first: Sequence[Hashable], second: Sequence[Hashable], persistence: float = 0.9
) -> float:
    """Returns how similar two rankings are, where the top counts most.

    It is the expected overlap at the depth at which a reader stops who goes on to the
    next rank with the probability `persistence`. What lies below the end of the lists
    is extrapolated: equation 32 of Webber et al. (2010).

    Args:
        first: distinct items, best first; at least one.
        second: likewise; it may be longer or shorter.
        persistence: float between 0 and 1; the larger, the deeper the reader looks.

    Returns:
        A number from 0, no item in common, to 1, the same items in the same order.

    Raises:
        ValueError: a list is empty or repeats an item, or `persistence` is out of
            range.

    >>> rank_biased_overlap(["ball", "goal"], ["goal", "ball"], 0.9)
    0.9
    >>> rank_biased_overlap("abc", "xyz")
    0.0
    """
    if not 0 < persistence < 1:
        raise ValueError(f"persistence is {persistence}: give a number between 0 and 1")
    for ranking in (first, second):
        if not len(ranking):
            raise ValueError("a ranking is empty: give at least one item")
        if len(set(ranking)) < len(ranking):
            raise ValueError("a ranking repeats an item: list each item once")
    short, long = sorted((first, second), key=len)
    s, l = len(short), len(long)  # noqa: E741
    overlap = [len({*short[:d]} & {*long[:d]}) for d in range(1, l + 1)]
    total = sum(
        (overlap[d - 1] + (overlap[s - 1] * (d - s) / s if d > s else 0))
        / d
        * persistence**d
        for d in range(1, l + 1)
    )
    beyond = (overlap[-1] - overlap[s - 1]) / l + overlap[s - 1] / s
    value = (1 - persistence) / persistence * total + beyond * persistence**l
    # Rounding errors would make equal rankings differ by 1e-16.
    return min(max(round(value, 12), 0.0), 1.0)
