"""The splits of a corpus, and how examples are held out for them at random."""

import numpy as np

SPLITS = ("train", "validation", "test")
# One example in 20 is held out for validation, and one in 20 for testing.
ONE_IN = 20
# Runs with different seeds hold out the same examples, so that they can be compared.
SEED = 0


def hold_out(
    num_examples: int, num_splits: int = 1, one_in: int = ONE_IN, seed: int = SEED
) -> list[np.ndarray]:
    """Chooses examples at random to hold out from the training split.

    Args:
        num_examples: number of examples, more than `num_splits`.
        num_splits: number of splits to hold out.
        one_in: how many examples there are for each one in a held-out split.
        seed: seed of the choice.

    Returns:
        Increasing int64 indices of the examples that are left, then those of each
        held-out split, which has at least one.

    >>> [rows.tolist() for rows in hold_out(9, num_splits=2, one_in=3)]
    [[0, 1, 7], [2, 4, 5], [3, 6, 8]]
    """
    order = np.random.default_rng(seed).permutation(num_examples)
    size = max(num_examples // one_in, 1)
    *held_out, left = np.split(order, size * np.arange(1, num_splits + 1))
    return [np.sort(rows) for rows in (left, *held_out)]
