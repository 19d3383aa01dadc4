"""How a served document model finds topics in codes."""

import dataclasses
from collections.abc import Sequence

import numpy as np


@dataclasses.dataclass(frozen=True)
class ServedTopics:
    """Topics whose shares are `softmax(codes @ coefficients.T + intercepts)`.

    Attributes:
        coefficients: floats `[topics, d]`.
        intercepts: floats `[topics]`.
        weights: floats `[topics]`, the shares of a document without a known word.
        top_words: the most relevant words of each topic, best first, as many for each.
    """

    coefficients: np.ndarray
    intercepts: np.ndarray
    weights: np.ndarray
    top_words: Sequence[Sequence[str]]
