"""Recurrent layers with seeds of their own for all that they draw."""

from collections.abc import Iterator

import keras

from tf_vmfvae.layers import LSTM

LAYERS = {"lstm": LSTM, "gru": keras.layers.GRU}


def recurrent_layer(
    kind: str, units: int, dropout: float, seeds: Iterator, **options
) -> keras.layers.RNN:
    """Returns a recurrent layer.

    Args:
        kind: `"lstm"` or `"gru"`.
        units: int. Width of its state.
        dropout: float in [0, 1). Dropout on the state from step to step, the same
            units at every step of a sentence (Gal and Ghahramani 2016), in training.
        seeds: from `seeds_from`.
        **options: other arguments of the layer.

    >>> from tf_vmfvae.models.seeds import seeds_from
    >>> recurrent_layer("gru", 8, 0.0, seeds_from(1), return_state=True).units
    8
    """
    return LAYERS[kind](
        units,
        kernel_initializer=keras.initializers.GlorotUniform(next(seeds)),
        recurrent_initializer=keras.initializers.Orthogonal(seed=next(seeds)),
        recurrent_dropout=dropout,
        seed=next(seeds) if dropout else None,
        **options,
    )
