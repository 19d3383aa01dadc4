"""Seeds for all that draws within a model."""

from collections.abc import Iterator


def seeds_from(seed: int | None) -> Iterator[int | None]:
    """Yields a seed of its own for each place that draws, or `None` for ever.

    >>> seeds = seeds_from(7)
    >>> next(seeds), next(seeds), next(seeds_from(None))
    (7, 8, None)
    """
    while True:
        yield seed
        seed = None if seed is None else seed + 1
