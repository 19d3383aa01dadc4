"""Random unit vectors."""

import numpy as np


def unit_vectors(shape, seed: int = 0, dtype: str = "float64") -> np.ndarray:
    """Returns vectors uniform on the unit sphere; the last axis is the coordinates."""
    vectors = np.random.default_rng(seed).normal(size=shape)
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(dtype)
