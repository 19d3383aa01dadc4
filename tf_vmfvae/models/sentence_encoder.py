"""From embedded words to features of the sentence."""

from collections.abc import Iterator

import keras
from keras import ops

from tf_vmfvae.layers import Dropout
from tf_vmfvae.models.recurrent_layers import recurrent_layer

ENCODERS = ("lstm", "bilstm", "gru", "bow")
POOLINGS = ("last", "max", "mean")


class SentenceEncoder:
    """The layers of a sentence encoder, to be called within a functional model.

    Args:
        kind: `"lstm"`; `"bilstm"`, one in each direction; `"gru"`; or `"bow"`, a
            perceptron that reads the mean of the embedded words and not their order.
        pooling: what a recurrent encoder hands on: its `"last"` state (`h` and `c`
            of an LSTM), or the `"max"` or `"mean"` of its outputs over the words.
        units: int. Width of each layer, in each direction.
        num_layers: int. Layers one upon the other.
        dropout: float in [0, 1). Dropout between layers.
        recurrent_dropout: float in [0, 1). See `recurrent_layer`.
        seeds: from `seeds_from`.

    Call arguments:
        embedded: float tensor of shape `(batch, time, width)`.
        is_word: bool tensor of shape `(batch, time)`: what is no padding.

    Returns:
        A float tensor of shape `(batch, features)`.

    Example:
    >>> import numpy as np
    >>> from tf_vmfvae.models.seeds import seeds_from
    >>> encoder = SentenceEncoder("bilstm", "max", 8, 2, 0.0, 0.0, seeds_from(1))
    >>> encoder(np.ones((2, 5, 3), "float32"), np.ones((2, 5), "bool")).shape
    TensorShape([2, 16])
    """

    def __init__(
        self,
        kind: str,
        pooling: str,
        units: int,
        num_layers: int,
        dropout: float,
        recurrent_dropout: float,
        seeds: Iterator,
    ):
        self.kind = kind
        self.pooling = pooling
        make = {"bow": _dense, "bilstm": _bidirectional}.get(kind, recurrent_layer)
        self.layers = []
        for index in range(num_layers):
            options = {"name": _name("encoder_rnn", index)}
            if kind != "bow":
                # What no one reads is not kept: the last state needs no sequence.
                sequences = index < num_layers - 1 or pooling != "last"
                options.update(return_sequences=sequences, return_state=True)
            layer = make(kind, units, recurrent_dropout, seeds, **options)
            self.layers.append(layer)
        self.dropouts = [Dropout(dropout, seed=next(seeds)) for _ in self.layers[1:]]

    def __call__(self, embedded, is_word):
        if self.kind == "bow":
            return self._encode_bag(embedded, is_word)
        outputs, states = embedded, []
        for index, layer in enumerate(self.layers):
            if index:
                outputs = self.dropouts[index - 1](outputs)
            outputs, *states = layer(outputs, mask=is_word)
        if self.pooling == "last":
            return ops.concatenate(states, axis=-1) if states[1:] else states[0]
        if self.pooling == "mean":
            return masked_mean(outputs, is_word)
        # Below every output, and finite where there is no word at all.
        return ops.max(ops.where(is_word[..., None], outputs, -1.0), axis=1)

    def _encode_bag(self, embedded, is_word):
        features = self.layers[0](masked_mean(embedded, is_word))
        for dropout, layer in zip(self.dropouts, self.layers[1:], strict=True):
            features = layer(dropout(features))
        return features


def masked_mean(values, is_word):
    """Returns the mean of `(batch, time, width)` over the words; 0 without any.

    >>> import numpy as np
    >>> masked_mean(np.array([[[2.0], [4.0], [9.0]]]), np.array([[True, True, False]]))
    <tf.Tensor: shape=(1, 1), dtype=float64, numpy=array([[3.]])>
    """
    weights = ops.cast(is_word, values.dtype)[..., None]
    count = ops.maximum(ops.sum(weights, axis=1), 1.0)
    return ops.sum(values * weights, axis=1) / count


def _name(name, index):
    return f"{name}_{index}" if index else name


def _dense(kind, units, recurrent_dropout, seeds, **options):
    initializer = keras.initializers.GlorotUniform(next(seeds))
    return keras.layers.Dense(units, "tanh", kernel_initializer=initializer, **options)


def _bidirectional(kind, units, recurrent_dropout, seeds, name, **options):
    forward, backward = (
        recurrent_layer(
            "lstm",
            units,
            recurrent_dropout,
            seeds,
            name=f"{name}_{direction}",
            go_backwards=direction == "backward",
            **options,
        )
        for direction in ("forward", "backward")
    )
    return keras.layers.Bidirectional(forward, backward_layer=backward, name=name)
