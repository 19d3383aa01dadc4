"""Running sums over the samples of each example, in float64."""

import math

import numpy as np


class SampleMoments:
    """Accumulates samples of the code, and estimates both bounds from them.

    Args:
        rows: number of examples.

    Attributes:
        count: number of samples per example so far.

    Example:
    >>> moments = SampleMoments(rows=1)
    >>> log_ratio = np.log([[2.0], [2.0]])
    >>> moments.add(nll=np.array([[3.0], [5.0]]), log_ratio=log_ratio)
    >>> moments.reconstruction().tolist()
    [4.0]
    >>> round(float(np.exp(-moments.nll_iw()[0])), 4)  # (e^-3 + e^-5) / 2 / 2
    0.0141
    """

    def __init__(self, rows: int):
        self.count = 0
        self._sum = np.zeros(rows)
        self._squares = np.zeros(rows)
        # Logarithms of the sums of the weights and of their squares.
        self._log_weights = np.full(rows, -np.inf)
        self._log_squares = np.full(rows, -np.inf)

    def add(self, nll: np.ndarray, log_ratio: np.ndarray) -> None:
        """Adds samples.

        Args:
            nll: `-log p(x|z)`, float64 `(count, rows)`.
            log_ratio: `log q(z|x) - log p(z)`, of the same shape.
        """
        log_weights = -(nll + log_ratio)
        self.count += len(nll)
        self._sum += nll.sum(axis=0)
        self._squares += (nll**2).sum(axis=0)
        self._log_weights = _log_add(self._log_weights, log_weights)
        self._log_squares = _log_add(self._log_squares, 2 * log_weights)

    def reconstruction(self) -> np.ndarray:
        """Returns the mean of `-log p(x|z)`."""
        return self._sum / self.count

    def variance(self) -> np.ndarray:
        """Returns the variance of `reconstruction`."""
        of_one = self._squares / self.count - self.reconstruction() ** 2
        return np.maximum(of_one, 0) / max(self.count - 1, 1)

    def nll_iw(self) -> np.ndarray:
        """Returns the negative importance-weighted bound."""
        return math.log(self.count) - self._log_weights

    def variance_iw(self) -> np.ndarray:
        """Returns the variance of `nll_iw`, by the delta method."""
        squares = np.exp(self._log_squares - 2 * self._log_weights)
        return np.maximum(squares - 1 / self.count, 0)


def _log_add(log_sum, log_terms):
    return np.logaddexp(log_sum, np.logaddexp.reduce(log_terms, axis=0))
