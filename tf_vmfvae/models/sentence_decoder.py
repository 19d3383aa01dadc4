"""From a code to the outputs before each word."""

from collections.abc import Iterator

import keras
from keras import ops

from tf_vmfvae.layers import Dropout
from tf_vmfvae.models.recurrent_layers import recurrent_layer


class SentenceDecoder:
    """The layers of an LSTM decoder, for whole sentences and word by word.

    Args:
        units: int. Width of each layer.
        num_layers: int. Layers one upon the other.
        dropout: float in [0, 1). Dropout between layers.
        recurrent_dropout: float in [0, 1). See `recurrent_layer`.
        seeds: from `seeds_from`.

    Call arguments:
        words: what it reads step by step, `(batch, time, width)`.
        context: what it reads at every step beside it, `(batch, context_width)`.
        z: codes that set its first state, `(batch, latent_dim)`.

    Returns:
        The outputs, `(batch, time, units)`.

    Example:
    >>> import numpy as np
    >>> from tf_vmfvae.models.seeds import seeds_from
    >>> decoder = SentenceDecoder(8, 2, 0.0, 0.0, seeds_from(1))
    >>> words, z = np.ones((2, 5, 3), "float32"), np.ones((2, 4), "float32")
    >>> decoder(words, z, z).shape
    TensorShape([2, 5, 8])
    >>> read = np.concatenate([words[:, 0], z], axis=-1)
    >>> output, state = decoder.step(read, decoder.initial_state(z))
    >>> output.shape, len(state)
    (TensorShape([2, 8]), 4)
    """

    def __init__(
        self,
        units: int,
        num_layers: int,
        dropout: float,
        recurrent_dropout: float,
        seeds: Iterator,
    ):
        self.units = units
        self.state_maps, self.layers = [], []
        for index in range(num_layers):
            suffix = f"_{index}" if index else ""
            for part in ("initial_h", "initial_c"):
                initializer = keras.initializers.GlorotUniform(next(seeds))
                self.state_maps.append(
                    keras.layers.Dense(
                        units, kernel_initializer=initializer, name=part + suffix
                    )
                )
            self.layers.append(
                recurrent_layer(
                    "lstm",
                    units,
                    recurrent_dropout,
                    seeds,
                    return_sequences=True,
                    name="decoder_rnn" + suffix,
                )
            )
        self.dropouts = [Dropout(dropout, seed=next(seeds)) for _ in self.layers[1:]]

    def __call__(self, words, context, z):
        state, outputs = self.initial_state(z), words
        # A plain model's is of no width, which compiled graphs cannot multiply.
        beside = {"context": context} if context.shape[-1] else {}
        for index, layer in enumerate(self.layers):
            if index:
                outputs, beside = self.dropouts[index - 1](outputs), {}
            own = state[2 * index : 2 * index + 2]
            outputs = layer(outputs, initial_state=own, **beside)
        return outputs

    def initial_state(self, z) -> list:
        """Returns the state before the first word: `h` and `c` of each layer.

        Zeros where the codes have no dimensions: there is nothing to map, and of a
        product over nothing TensorFlow's compiled graphs drop the bias that eager
        calls add.
        """
        if not z.shape[-1]:
            zero = ops.sum(z, axis=-1, keepdims=True)
            # As the layers' own states, which a loop over words puts in its place.
            zero = ops.cast(zero, self.layers[0].compute_dtype)
            return [ops.repeat(zero, self.units, axis=-1) for _ in self.state_maps]
        return [state_map(z) for state_map in self.state_maps]

    def step(self, inputs, state) -> tuple:
        """Takes all layers one word further; outside training.

        Args:
            inputs: word and context, side by side, `(batch, width + context_width)`.
            state: as `initial_state` gave it, or the step before.

        Returns:
            The output, `(batch, units)`, and the new state.
        """
        output, new_state = inputs, []
        for index, layer in enumerate(self.layers):
            own = state[2 * index : 2 * index + 2]
            output, own = layer.cell(output, own)
            new_state += own
        return output, new_state
