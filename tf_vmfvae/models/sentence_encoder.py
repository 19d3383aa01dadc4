"""From embedded words to features of the sentence."""

from collections.abc import Iterator

import keras
from keras import ops

from tf_vmfvae.models.dropout_rates import DropoutRates
from tf_vmfvae.models.seeded_layers import dense, recurrent
from tf_vmfvae.ops.log_length import log_length
from tf_vmfvae.ops.masked_mean import masked_mean

TYPES = ("lstm", "bilstm", "gru", "bow")
POOLINGS = ("last", "max", "mean")


class SentenceEncoder:
    """The layers of a sentence encoder, to be called within a functional model.

    Args:
        encoder_type: `"lstm"`; `"bilstm"`, one LSTM in each direction; `"gru"`; or
            `"bow"`, a perceptron that reads the mean of the embedded words and so
            ignores their order.
        pooling: what a recurrent encoder returns: its `"last"` state (`h` and `c`
            of an LSTM), or the `"max"` or `"mean"` of its outputs over the words.
        units: int. Width of each layer, in each direction.
        num_layers: int. Number of layers, each of which reads the one before.
        rates: `DropoutRates`. What training drops, between the layers and in them.
        seeds: from `seeds_from`.
        length: bool. Whether the log of the sentence's length in tens of words is the
            last feature.

    Call arguments:
        embedded: float tensor of shape `(batch, time, width)`.
        is_word: bool tensor of shape `(batch, time)`, false for padding.

    Returns:
        A float tensor of shape `(batch, features)`.

    Example:
    >>> import numpy as np
    >>> from tf_vmfvae.models.dropout_rates import DropoutRates
    >>> from tf_vmfvae.models.seeded_layers import seeds_from
    >>> encoder = SentenceEncoder("bilstm", "max", 8, 2, DropoutRates(), seeds_from(1))
    >>> encoder(np.ones((2, 5, 3), "float32"), np.ones((2, 5), "bool")).shape
    TensorShape([2, 16])
    """

    def __init__(
        self,
        encoder_type: str,
        pooling: str,
        units: int,
        num_layers: int,
        rates: DropoutRates,
        seeds: Iterator,
        length: bool = False,
    ):
        self.encoder_type = encoder_type
        self.length = length
        self.pooling = pooling
        self.layers = []
        for index in range(num_layers):
            name = f"encoder_rnn_{index}" if index else "encoder_rnn"
            if encoder_type == "bow":
                self.layers.append(dense(units, seeds, "tanh", name=name))
                continue
            make = _bidirectional if encoder_type == "bilstm" else recurrent
            layer = make(
                encoder_type,
                units,
                rates.state,
                rates.weights,
                seeds,
                name=name,
                # Outputs are kept only if something reads them.
                return_sequences=index < num_layers - 1 or pooling != "last",
                return_state=True,
            )
            self.layers.append(layer)
        self.dropouts = [rates.layer(next(seeds)) for _ in self.layers[1:]]

    def __call__(self, embedded, is_word):
        features = self._encode(embedded, is_word)
        if not self.length:
            return features
        length = log_length(ops.cast(is_word, "float32"), unit=10.0)
        length = ops.cast(length, features.dtype)
        return ops.concatenate([features, length], axis=-1)

    def _encode(self, embedded, is_word):
        if self.encoder_type == "bow":
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
        # -1 is below every output, and finite for a row without words.
        return ops.max(ops.where(is_word[..., None], outputs, -1.0), axis=1)

    def _encode_bag(self, embedded, is_word):
        features = self.layers[0](masked_mean(embedded, is_word))
        for dropout, layer in zip(self.dropouts, self.layers[1:], strict=True):
            features = layer(dropout(features))
        return features


def _bidirectional(encoder_type, units, dropout, weight_drop, seeds, name, **options):
    forward, backward = (
        recurrent(
            "lstm",
            units,
            dropout,
            weight_drop,
            seeds,
            name=f"{name}_{direction}",
            go_backwards=direction == "backward",
            **options,
        )
        for direction in ("forward", "backward")
    )
    return keras.layers.Bidirectional(forward, backward_layer=backward, name=name)
