"""Keras's LSTM, faster on CPUs."""

import keras
import tensorflow as tf

from tf_vmfvae.ops.lstm_sequence import lstm_sequence


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class LSTM(keras.layers.LSTM):
    """`keras.layers.LSTM` with its own gradient, which is faster on CPUs.

    Arguments, weights, outputs and gradients are those of `keras.layers.LSTM`, up to
    rounding, and weights of one layer load into the other. If there is a GPU (except in
    training with `weight_drop`), or if an activation or option is one that
    `lstm_sequence` does not support, Keras's own code runs.

    There is one difference. With `recurrent_dropout`, Keras drops different units of
    the state for each gate; here all four gates read the same state (Gal and Ghahramani
    2016). And there is one more argument.

    Args:
        weight_drop: float in [0, 1). Share of the recurrent weights that each call in
            training drops, for the whole batch (DropConnect, Wan et al. 2013; weight
            drop, Merity et al. 2018).

    Call arguments:
        sequences: as for `keras.layers.LSTM`.
        initial_state: as for `keras.layers.LSTM`.
        mask: as for `keras.layers.LSTM`.
        training: as for `keras.layers.LSTM`.
        context: float tensor `(batch, width)`, or `None`. It is read at every step, as
            if it were repeated over time and concatenated to the sequence, but it is
            multiplied with the kernel only once. With a context, the sequence may have
            no width: `(batch, time, 0)`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> layer = tf_vmfvae.layers.LSTM(8, return_sequences=True)
    >>> inputs = np.ones((2, 5, 3), "float32")
    >>> outputs = layer(inputs)
    >>> plain = keras.layers.LSTM(8, return_sequences=True)
    >>> plain.build(inputs.shape)
    >>> plain.set_weights(layer.get_weights())
    >>> bool(np.allclose(outputs, plain(inputs), atol=1e-6))
    True
    """

    def __init__(self, units, *arguments, weight_drop: float = 0.0, **options):
        super().__init__(units, *arguments, **options)
        if not isinstance(weight_drop, int | float) or not 0 <= weight_drop < 1:
            raise ValueError(
                f"weight_drop is {weight_drop!r}: give 0 or more, and below 1"
            )
        if weight_drop and not self._is_supported():
            raise ValueError(
                f"weight_drop is {weight_drop}: it needs Keras's default activations, "
                "use_bias=True, dropout=0, unroll=False and zero_output_for_mask=False"
            )
        self.weight_drop = weight_drop

    def build(self, sequences_shape, initial_state_shape=None, context_shape=None):
        if context_shape is not None:
            width = sequences_shape[-1] + context_shape[-1]
            sequences_shape = (*sequences_shape[:-1], width)
        super().build(sequences_shape, initial_state_shape)

    def compute_output_shape(
        self, sequences_shape, initial_state_shape=None, context_shape=None
    ):
        return super().compute_output_shape(sequences_shape, initial_state_shape)

    def call(
        self, sequences, initial_state=None, mask=None, training=False, context=None
    ):
        if context is not None and (self.stateful or not self._is_fast(training)):
            repeated = tf.repeat(context[:, tf.newaxis], tf.shape(sequences)[1], axis=1)
            sequences, context = tf.concat([sequences, repeated], axis=-1), None
        if context is None:
            return super().call(sequences, initial_state, mask, training)
        if initial_state is None:
            initial_state = self.get_initial_state(tf.shape(sequences)[0])
        state = [tf.cast(value, self.compute_dtype) for value in initial_state]
        last, outputs, state = self._run(sequences, state, mask, training, context)
        output = outputs if self.return_sequences else last
        return (output, *state) if self.return_state else output

    def inner_loop(self, sequences, initial_state, mask, training=False):
        run = self._run if self._is_fast(training) else super().inner_loop
        return run(sequences, initial_state, mask, training)

    def _run(self, sequences, initial_state, mask, training, context=None):
        """Returns the last output, all outputs, and the last state."""
        mask = mask[0] if isinstance(mask, list | tuple) else mask
        h, c = initial_state
        state_mask = None
        if training and self.recurrent_dropout:
            # Keras's own masks have noise in the precision of the inputs: see
            # `Dropout`.
            ones = tf.ones_like(h, self.variable_dtype)
            state_mask = keras.random.dropout(
                ones, self.recurrent_dropout, seed=self.cell.seed_generator
            )
            state_mask = tf.cast(state_mask, h.dtype)
        sequences = tf.convert_to_tensor(sequences)
        if self.go_backwards:
            sequences = tf.reverse(sequences, [1])
            mask = mask if mask is None else tf.reverse(mask, [1])
        cell = self.cell
        kernel = tf.cast(cell.kernel, sequences.dtype)
        bias = tf.cast(cell.bias, cell.variable_dtype)
        if context is not None:
            width = sequences.shape[-1]
            bias += tf.cast(context @ kernel[width:], bias.dtype)
            kernel = kernel[:width]
        outputs, h, c = lstm_sequence(
            sequences,
            (h, c),
            kernel,
            self._recurrent_kernel(sequences.dtype, training),
            bias,
            mask=mask,
            state_mask=state_mask,
        )
        if mask is not None:
            # As Keras does, return zeros for masked steps at the start.
            has_begun = tf.cumsum(tf.cast(mask, tf.int32), axis=1)[..., tf.newaxis] > 0
            outputs = tf.where(has_begun, outputs, tf.zeros_like(outputs))
        return outputs[:, -1], outputs, [h, tf.cast(c, h.dtype)]

    def _recurrent_kernel(self, dtype, training):
        """Returns the recurrent weights, in training without those that are dropped."""
        kernel = self.cell.recurrent_kernel
        if training and self.weight_drop:
            # Noise and scale in full precision, as in `Dropout`.
            mask = keras.random.dropout(
                tf.ones(kernel.shape, self.variable_dtype),
                self.weight_drop,
                seed=self.cell.seed_generator,
            )
            kernel = tf.cast(kernel, mask.dtype) * mask
        return tf.cast(kernel, dtype)

    def _is_fast(self, training):
        """Returns whether `lstm_sequence` runs: it can, and is faster or has to."""
        return self._is_supported() and (
            bool(training and self.weight_drop)
            or not tf.config.list_physical_devices("GPU")
        )

    def _is_supported(self):
        """Returns whether `lstm_sequence` can do it."""
        return (
            self.activation is keras.activations.tanh
            and self.recurrent_activation is keras.activations.sigmoid
            and self.use_bias
            and not self.dropout
            and not self.unroll
            and not self.zero_output_for_mask
        )

    def get_config(self):
        return {**super().get_config(), "weight_drop": self.weight_drop}
