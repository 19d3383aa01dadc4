"""A learned scale for each coordinate of a code."""

import keras
import tensorflow as tf

from tf_vmfvae.layers.latents.latent import Latent


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class CodeScale(keras.layers.Layer):
    """Multiplies each coordinate of a code by a learned positive number.

    The coordinates of a unit vector are small, about `1 / sqrt(d)`. A decoder with the
    usual initial weights would hardly notice the code at first.

    Args:
        start: float, greater than 0. The scale of all coordinates before training.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        z: codes, of shape `(batch, latent_dim)`.

    Returns:
        Scaled codes of the same shape.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> scale = tf_vmfvae.layers.CodeScale(start=2.0)
    >>> scale(np.array([[0.5, -1.5]], "float32")).numpy().tolist()
    [[1.0, -3.0]]
    """

    def __init__(self, start: float = 1.0, **kwargs):
        super().__init__(**kwargs)
        self.start = float(start)

    @classmethod
    def of(cls, latent: Latent, **kwargs) -> "CodeScale":
        """Returns a scale for a latent, under which its prior has unit variance.

        Args:
            latent: the `Latent` that draws the codes.
            **kwargs: other arguments of `keras.layers.Layer`.
        """
        if latent.is_empty:
            return cls(1.0, **kwargs)
        codes = latent.prior().sample(1_000, seed=(1, 2))
        return cls(float(1.0 / tf.sqrt(tf.reduce_mean(codes**2))), **kwargs)

    def build(self, shape):
        self.log_scale = self.add_weight(
            shape=(shape[-1],), initializer="zeros", name="log_scale"
        )
        super().build(shape)

    def call(self, z):
        return z * self.start * tf.exp(tf.cast(self.log_scale, z.dtype))

    def get_config(self):
        config = super().get_config()
        config.update({"start": self.start})
        return config
