"""What every system returns."""

import dataclasses
from collections.abc import Callable

import numpy as np
import scipy.sparse

# Words of a topic that a run keeps.
TOP_WORDS = 25


@dataclasses.dataclass
class Fitted:
    """A topic model that has been fitted.

    Attributes:
        top_words: int `[topics, n]`, indices of each topic's words, best first.
        transform: from counts, `[documents, words]`, to the shares of the topics in
            each document, `[documents, topics]`.
        predict: from these shares to the probabilities of the words in each document,
            `[documents, words]`; None if the system has no such probabilities.
        versions: package -> its version.
    """

    top_words: np.ndarray
    transform: Callable[[scipy.sparse.csr_matrix], np.ndarray]
    predict: Callable[[np.ndarray], np.ndarray] | None
    versions: dict[str, str]


def largest(weights: np.ndarray, count: int = TOP_WORDS) -> np.ndarray:
    """Returns the indices of the largest weights in each row, largest first."""
    return np.argsort(-weights, axis=1, kind="stable")[:, :count]
