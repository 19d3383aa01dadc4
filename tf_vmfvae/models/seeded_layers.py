"""Layers whose initial weights and noise come from a model's seed."""

from collections.abc import Iterator, Sequence

import keras

from tf_vmfvae.layers import LSTM, AdaptiveWordSoftmax, Dense, WordSoftmax
from tf_vmfvae.layers.likelihoods.adaptive_word_softmax import check_cutoffs

RECURRENT = {"lstm": LSTM, "gru": keras.layers.GRU}


def seeds_from(seed: int | None) -> Iterator[int | None]:
    """Yields a different seed for each use, or `None` every time if `seed` is `None`.

    >>> seeds = seeds_from(7)
    >>> next(seeds), next(seeds), next(seeds_from(None))
    (7, 8, None)
    """
    while True:
        yield seed
        seed = None if seed is None else seed + 1


def dense(units: int, seeds: Iterator, activation=None, **options):
    """Returns a dense layer with seeded weights.

    Args:
        units: int. Number of outputs.
        seeds: from `seeds_from`.
        activation: as for `keras.layers.Dense`.
        **options: other arguments of `tf_vmfvae.layers.Dense`.

    >>> dense(8, seeds_from(1), "relu").kernel_initializer.seed
    1
    """
    initializer = keras.initializers.GlorotUniform(next(seeds))
    return Dense(units, activation, kernel_initializer=initializer, **options)


def recurrent(
    kind: str,
    units: int,
    dropout: float,
    weight_drop: float,
    seeds: Iterator,
    **options,
):
    """Returns a recurrent layer with seeded weights and noise.

    Args:
        kind: `"lstm"` or `"gru"`.
        units: int. Width of its state.
        dropout: float in [0, 1). Dropout on the state in training, of the same units at
            every step of a sentence (Gal and Ghahramani 2016).
        weight_drop: float in [0, 1). Share of an LSTM's recurrent weights that training
            drops (Merity et al. 2018).
        seeds: from `seeds_from`.
        **options: other arguments of the layer.

    >>> recurrent("gru", 8, 0.0, 0.0, seeds_from(1), return_state=True).units
    8
    """
    if weight_drop:
        options["weight_drop"] = weight_drop
    return RECURRENT[kind](
        units,
        kernel_initializer=keras.initializers.GlorotUniform(next(seeds)),
        recurrent_initializer=keras.initializers.Orthogonal(seed=next(seeds)),
        recurrent_dropout=dropout,
        seed=next(seeds) if dropout or weight_drop else None,
        **options,
    )


def word_softmax(
    words: int, cutoffs: Sequence[int] | None, embedding, seeds: Iterator
) -> WordSoftmax:
    """Returns a softmax over words with seeded weights.

    Args:
        words: number of words.
        cutoffs: of an adaptive softmax; `None` for one over all words.
        embedding: the embedding that is also the kernel, or `None`.
        seeds: from `seeds_from`.

    Raises:
        ValueError: if the cutoffs do not fit.

    >>> word_softmax(9, (3, 5), None, seeds_from(1)).cutoffs
    [3, 5]
    """
    options = {
        "embedding": embedding,
        "kernel_initializer": keras.initializers.GlorotUniform(next(seeds)),
        "name": "softmax",
    }
    if cutoffs is None:
        return WordSoftmax(words, **options)
    cutoffs = check_cutoffs("softmax_cutoffs", cutoffs, words)
    return AdaptiveWordSoftmax(words, cutoffs, **options)
