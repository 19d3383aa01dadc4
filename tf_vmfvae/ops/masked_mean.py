"""The mean over the words of a padded sentence."""

from keras import ops


def masked_mean(values, is_word):
    """Returns the mean over the words, `(batch, width)`; 0 for a row without any.

    Args:
        values: float tensor of shape `(batch, time, width)`.
        is_word: bool tensor of shape `(batch, time)`, false for padding.

    >>> import numpy as np
    >>> values = np.array([[[2.0], [4.0], [9.0]]])
    >>> masked_mean(values, np.array([[True, True, False]])).numpy().tolist()
    [[3.0]]
    """
    weights = ops.cast(is_word, values.dtype)[..., None]
    count = ops.maximum(ops.sum(weights, axis=1), 1.0)
    return ops.sum(values * weights, axis=1) / count
