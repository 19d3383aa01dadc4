"""Weighted unit vectors that need not fit into memory."""

from collections.abc import Iterator

import numpy as np
import tensorflow as tf

# Below this dimension, products are taken in float64 whatever the data's dtype.
_NARROW = 128
# Numbers in the largest intermediate array of a block.
_CELLS = 8_000_000
# How far the norm of a row may be from 1.
_NORM_TOLERANCE = {np.float64: 1e-4, np.float32: 1e-4, np.float16: 1e-2}


class UnitRows:
    """Unit vectors and their weights, read block by block and never copied whole.

    Args:
        samples: float array-like `[rows, d]`; a memory-mapped array stays on the disk.
        weights: a weight for each row, or `None` for ones.
        normalize: whether rows of any positive norm are accepted, and normalised.
        weights_name: what the caller calls `weights`, for error messages.

    Attributes:
        samples: the array, as it was given.
        scales: float64 `[rows]`; the rows times these are unit vectors to the last
            digit.
        weights: float64 `[rows]`.
        dimension: `d`.
        dtype: dtype in which products with the rows are taken.

    Raises:
        ValueError: `samples` has another rank, no row, fewer than 2 columns, an integer
            dtype, or a row that is not a unit vector (the message names the row), or
            the weights are unusable.

    >>> rows = UnitRows(np.eye(3)[:2] * 4, normalize=True)
    >>> rows.scales.tolist(), len(rows)
    ([0.25, 0.25], 2)
    """

    def __init__(
        self,
        samples,
        weights=None,
        normalize: bool = False,
        weights_name: str = "weights",
    ):
        self.samples = (
            samples if isinstance(samples, np.ndarray) else np.asarray(samples)
        )
        self.scales = 1.0 / _checked_norms(self.samples, normalize)
        self.weights = _checked_weights(weights, len(self.samples), weights_name)
        self.dimension = self.samples.shape[1]
        wide = self.samples.dtype == np.float64 or self.dimension < _NARROW
        self.dtype = tf.float64 if wide else tf.float32

    def __len__(self):
        return len(self.samples)

    def take(self, index) -> np.ndarray:
        """Returns some of the unit vectors."""
        dtype = self.dtype.as_numpy_dtype
        rows = np.asarray(self.samples[index], dtype)
        return rows * self.scales[index, np.newaxis].astype(dtype)

    def blocks(self, components: int) -> Iterator[tuple[slice, tf.Tensor]]:
        """Yields the rows block by block.

        Args:
            components: number of columns of the products that are made of each block.

        Yields:
            Which rows they are, and the rows as they were given, in `dtype`.
        """
        size = max(1, _CELLS // max(components, self.dimension))
        for start in range(0, len(self), size):
            part = slice(start, start + size)
            yield part, tf.cast(tf.constant(self.samples[part]), self.dtype)


def _checked_norms(samples, normalize):
    """Returns the norm of each row in float64."""
    if samples.ndim != 2 or samples.shape[1] < 2 or not samples.shape[0]:
        raise ValueError(
            f"samples must have the shape (rows, d) with d of at least 2 and at least "
            f"one row, not {samples.shape}"
        )
    if samples.dtype.kind != "f":
        raise ValueError(
            f"samples must have a floating dtype, not {samples.dtype}; convert them "
            "with astype"
        )
    tolerance = _NORM_TOLERANCE.get(samples.dtype.type, 1e-4)
    norms = np.empty(len(samples))
    for start in range(0, len(samples), 65_536):
        block = samples[start : start + 65_536]
        norm = np.sqrt(np.einsum("ij,ij->i", block, block, dtype=np.float64))
        norms[start : start + 65_536] = norm
        good = np.isfinite(norm) & (norm > 0)
        if not normalize:
            good &= np.abs(norm - 1) <= tolerance
        if not good.all():
            row = int(np.argmin(good))
            hint = "remove it" if normalize else "divide each row by its norm"
            raise ValueError(
                f"samples[{start + row}] has the norm {norm[row]:.6g}, so it is not a "
                f"unit vector: {hint}"
            )
    return norms


def _checked_weights(weights, rows, name):
    """Returns a float64 weight for each row; ones by default."""
    if weights is None:
        return np.ones(rows)
    weights = np.asarray(weights, np.float64)
    if weights.shape != (rows,):
        raise ValueError(
            f"{name} must have the shape ({rows},), one for each row, not "
            f"{weights.shape}"
        )
    if not np.all(np.isfinite(weights) & (weights >= 0)) or not weights.sum():
        raise ValueError(f"{name} must be finite, not negative, and not all 0")
    return weights
