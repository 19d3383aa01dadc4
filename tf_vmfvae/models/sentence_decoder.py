"""From a code to the outputs before each word."""

from collections.abc import Iterator

from keras import ops

from tf_vmfvae.models.dropout_rates import DropoutRates
from tf_vmfvae.models.seeded_layers import dense, recurrent


class SentenceDecoder:
    """The layers of an LSTM decoder, for whole sentences and word by word.

    Args:
        units: int. Width of each layer.
        num_layers: int. Number of layers, each of which reads the one before.
        rates: `DropoutRates`. What training drops, between the layers and in them.
        seeds: from `seeds_from`.
        reads_code: bool. Whether there is a code, which sets the first state by linear
            maps; otherwise that is 0.

    Call arguments:
        words: what the decoder reads step by step, `(batch, time, width)`.
        context: what it also reads at every step, `(batch, context_width)`, or `None`.
        code: what it reads of the code, `(batch, code_width)`.

    Returns:
        The outputs, `(batch, time, units)`.

    Example:
    >>> import numpy as np
    >>> from tf_vmfvae.models.dropout_rates import DropoutRates
    >>> from tf_vmfvae.models.seeded_layers import seeds_from
    >>> decoder = SentenceDecoder(8, 2, DropoutRates(), seeds_from(1))
    >>> words, code = np.ones((2, 5, 3), "float32"), np.ones((2, 4), "float32")
    >>> decoder(words, code, code).shape
    TensorShape([2, 5, 8])
    >>> inputs = np.concatenate([words[:, 0], code], axis=-1)
    >>> output, state = decoder.step(inputs, decoder.initial_state(code))
    >>> output.shape, len(state)
    (TensorShape([2, 8]), 4)
    """

    def __init__(
        self,
        units: int,
        num_layers: int,
        rates: DropoutRates,
        seeds: Iterator,
        reads_code: bool = True,
    ):
        self.state_maps, self.layers = [], []
        for index in range(num_layers):
            suffix = f"_{index}" if index else ""
            state_maps = [
                dense(units, seeds, name=part + suffix)
                for part in ("initial_h", "initial_c")
            ]
            self.state_maps += state_maps if reads_code else []
            layer = recurrent(
                "lstm",
                units,
                rates.state,
                rates.weights,
                seeds,
                return_sequences=True,
                name="decoder_rnn" + suffix,
            )
            self.layers.append(layer)
        self.dropouts = [rates.layer(next(seeds)) for _ in self.layers[1:]]

    def __call__(self, words, context, code):
        outputs = words
        # Without a state, Keras's layers begin with zeros.
        state = self.initial_state(code) if self.state_maps else None
        for index, layer in enumerate(self.layers):
            if index:
                outputs, context = self.dropouts[index - 1](outputs), None
            own = state and state[2 * index : 2 * index + 2]
            outputs = layer(outputs, initial_state=own, context=context)
        return outputs

    def initial_state(self, code) -> list:
        """Returns the state before the first word: `h` and `c` of each layer."""
        if self.state_maps:
            return [state_map(code) for state_map in self.state_maps]
        states = [layer.get_initial_state(ops.shape(code)[0]) for layer in self.layers]
        return [part for state in states for part in state]

    def step(self, inputs, state) -> tuple:
        """Takes all layers one word further; outside training.

        Args:
            inputs: word and context, joined: `(batch, width + context_width)`.
            state: from `initial_state` or from the step before.

        Returns:
            The output, `(batch, units)`, and the new state.
        """
        output, new_state = inputs, []
        for index, layer in enumerate(self.layers):
            own = state[2 * index : 2 * index + 2]
            output, own = layer.cell(output, own)
            new_state += own
        return output, new_state
