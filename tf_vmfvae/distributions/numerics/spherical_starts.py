"""Directions from which a clustering of unit vectors starts."""

import numpy as np

from tf_vmfvae.distributions.numerics.unit_rows import UnitRows

# Rows that starts are chosen from: enough for any reasonable number of components.
_STARTING_ROWS = 50_000


def choose_starts(
    data: UnitRows, components: int, rng: np.random.Generator
) -> np.ndarray:
    """Chooses directions by k-means++ among some of the rows.

    k-means++ (Arthur and Vassilvitskii 2007) with 1 minus the cosine for the distance.

    Args:
        data: the rows.
        components: number of directions.
        rng: the generator that chooses.

    Returns:
        Float array `[components, d]` of unit vectors.
    """
    index = np.flatnonzero(data.weights)
    limit = max(_STARTING_ROWS, 20 * components)
    if len(index) > limit:
        index = np.sort(rng.choice(index, limit, replace=False))
    rows, weights = data.take(index), data.weights[index]
    chosen = [rng.choice(len(rows), p=weights / weights.sum())]
    nearest = 1.0 - rows @ rows[chosen[0]]
    # As many candidates per step as scikit-learn's KMeans takes.
    candidates = 2 + int(np.log(components))
    for _ in range(components - 1):
        odds = weights * np.maximum(nearest, 0.0)
        # All rows left are copies of those chosen.
        odds = odds if odds.sum() > 0 else weights
        drawn = rng.choice(len(rows), candidates, p=odds / odds.sum())
        left = np.minimum(nearest[:, np.newaxis], 1.0 - rows @ rows[drawn].T)
        best = np.argmin(weights @ left)
        chosen.append(drawn[best])
        nearest = left[:, best]
    return rows[chosen]
