"""Keras's LSTM, faster where there is no GPU."""

import keras
import tensorflow as tf

from tf_vmfvae.layers.lstm_sequence import lstm_sequence


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class LSTM(keras.layers.LSTM):
    """`keras.layers.LSTM` with a gradient of its own.

    Arguments, weights, outputs and gradients are those of `keras.layers.LSTM`, up to
    rounding: weights of one load into the other. Where there is a GPU, and for
    activations or options that `lstm_sequence` does not know, it is that layer.

    One thing differs: with `recurrent_dropout` all four gates read the same state, of
    which the same units are dropped (Gal and Ghahramani 2016); Keras draws for each.

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

    def inner_loop(self, sequences, initial_state, mask, training=False):
        if not self._is_known() or tf.config.list_physical_devices("GPU"):
            return super().inner_loop(sequences, initial_state, mask, training)
        mask = mask[0] if isinstance(mask, list | tuple) else mask
        h, c = initial_state
        state_mask = None
        if training and self.recurrent_dropout:
            # Not Keras's own masks: their noise is in the inputs' precision, see
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
        outputs, h, c = lstm_sequence(
            sequences,
            (h, c),
            tf.cast(cell.kernel, sequences.dtype),
            tf.cast(cell.recurrent_kernel, sequences.dtype),
            tf.cast(cell.bias, cell.variable_dtype),
            mask=mask,
            state_mask=state_mask,
        )
        if mask is not None:
            # Of steps before the first one that counts Keras gives zeros.
            begun = tf.cumsum(tf.cast(mask, tf.int32), axis=1)[..., tf.newaxis] > 0
            outputs = tf.where(begun, outputs, tf.zeros_like(outputs))
        return outputs[:, -1], outputs, [h, tf.cast(c, h.dtype)]

    def _is_known(self):
        return (
            self.activation is keras.activations.tanh
            and self.recurrent_activation is keras.activations.sigmoid
            and self.use_bias
            and not self.dropout
            and not self.unroll
            and not self.zero_output_for_mask
        )
