"""The length of a text as a feature."""

from keras import ops


def log_length(counts, unit: float):
    """Returns the log of the length in units of that many words, `(batch, 1)`.

    A row without words counts as one word.

    Args:
        counts: float tensor of shape `(batch, entries)`: how many words each entry is.
        unit: number of words.

    >>> import numpy as np
    >>> log_length(np.array([[4.0, 6.0], [0.0, 0.0]]), 1.0).numpy().round(4).tolist()
    [[2.3026], [0.0]]
    """
    words = ops.sum(counts, axis=-1, keepdims=True)
    return ops.log(ops.maximum(words, 1.0) / unit)
