"""Optimisers by name."""

import keras

MAKERS = {"adam": keras.optimizers.Adam, "sgd": keras.optimizers.SGD}


def make_optimizer(
    name: str,
    learning_rate: float,
    decay_steps: int | None = None,
    ema_momentum: float = 0.0,
) -> keras.optimizers.Optimizer:
    """Returns an optimiser.

    Args:
        name: `"adam"`, or `"sgd"` for stochastic gradient descent without momentum.
        learning_rate: float > 0. Learning rate at the start.
        decay_steps: int or `None`. Number of steps over which the learning rate falls
            linearly to a fiftieth. With `None` it stays the same until it is assigned.
        ema_momentum: float in [0, 1). Momentum of the exponential moving averages that
            it keeps of the weights; with 0 it keeps none.

    >>> float(make_optimizer("sgd", 10.0).learning_rate)
    10.0
    """
    if decay_steps is not None:
        learning_rate = keras.optimizers.schedules.PolynomialDecay(
            learning_rate, decay_steps, end_learning_rate=learning_rate / 50
        )
    averages = {"use_ema": True, "ema_momentum": ema_momentum} if ema_momentum else {}
    return MAKERS[name](learning_rate, **averages)
