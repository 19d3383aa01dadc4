"""Several codes an example, in training alone."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class SeveralCodes(keras.layers.Layer):
    """Repeats the features of a batch, so that a latent draws several codes of each.

    The average of several bounds is a bound with less noise in its gradient, and the
    encoder, which comes before, runs once for all of them. Each code is decoded by
    itself: bounds are averaged (`MeanOverCodes`), never codes. Outside training there
    is one code an example, whatever `codes` is.

    Args:
        codes: int, at least 1. Codes an example in training.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        hidden: float tensor of shape `(batch, features)`.
        training: bool.

    Returns:
        In training a tensor of shape `(codes * batch, features)`, the whole batch
        `codes` times over; otherwise `hidden`.

    Raises:
        ValueError: if `codes` is below 1.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> several = tf_vmfvae.layers.SeveralCodes(2)
    >>> hidden = np.array([[1.0], [5.0]], "float32")
    >>> several(hidden, training=True).numpy().tolist()
    [[1.0], [5.0], [1.0], [5.0]]
    >>> several(hidden).numpy().tolist()
    [[1.0], [5.0]]
    """

    def __init__(self, codes: int, **kwargs):
        if codes < 1:
            raise ValueError(f"there must be at least 1 code an example, not {codes}")
        super().__init__(**kwargs)
        self.codes = codes

    def call(self, hidden, training=False):
        if not training or self.codes == 1:
            return hidden
        return tf.tile(hidden, [self.codes, 1])

    def compute_output_spec(self, hidden, training=False):
        return keras.KerasTensor((None, *hidden.shape[1:]), dtype=hidden.dtype)

    def get_config(self):
        config = super().get_config()
        config.update({"codes": self.codes})
        return config
