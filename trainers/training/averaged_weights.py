"""The averages of the weights, in the place of the weights."""

import contextlib
from collections.abc import Iterator, Sequence

import keras
import tensorflow as tf


@contextlib.contextmanager
def averaged_weights(
    optimizer: keras.optimizers.Optimizer, weights: Sequence[keras.Variable]
) -> Iterator[None]:
    """Gives weights the values of their moving averages until the context ends.

    Does nothing if the optimiser keeps no averages.

    Args:
        optimizer: the optimiser, built for these weights. With `use_ema` it keeps an
            exponential moving average of each.
        weights: the weights that it trains, in the same order.

    >>> weight = keras.Variable(2.0)
    >>> optimizer = keras.optimizers.SGD(1.0, use_ema=True, ema_momentum=0.5)
    >>> for _ in range(2):
    ...     optimizer.apply([tf.constant(1.0)], [weight])
    >>> with averaged_weights(optimizer, [weight]):
    ...     float(weight)  # The mean of 1 and 0.
    0.5
    >>> float(weight)
    0.0
    """
    if not optimizer.use_ema:
        yield
        return
    own = [tf.identity(weight) for weight in weights]
    optimizer.finalize_variable_values(weights)
    try:
        yield
    finally:
        for weight, value in zip(weights, own, strict=True):
            weight.assign(value)
