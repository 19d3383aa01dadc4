"""The directions of a matrix's rows, for NumPy."""

import numpy as np


def row_lengths(rows: np.ndarray) -> np.ndarray:
    """Returns the length of each row, `rows.shape[:-1]`; 1 for a row of zeros.

    >>> row_lengths(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [5.0, 1.0]
    """
    lengths = np.linalg.norm(rows, axis=-1)
    return np.where(lengths > 0, lengths, 1)


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """Returns the rows divided by their lengths; a row of zeros stays the same.

    >>> unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist()
    [[0.6, 0.8], [0.0, 0.0]]
    """
    return rows / row_lengths(rows)[..., None]
