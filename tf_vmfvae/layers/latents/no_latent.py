"""No code: a plain model of the data."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.layers.latents.latent import Latent

tfd = tfp.distributions


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class NoLatent(Latent):
    """A code without dimensions, and a KL of 0.

    A VAE with this latent is a plain model of its data: its bound is the exact
    likelihood.

    Args:
        seed: accepted because other latents have it; there is no noise.
        **kwargs: other arguments of `keras.layers.Layer`.

    Returns:
        `(z, kl)`: codes of shape `(batch, 0)` and zeros of shape `(batch,)`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> z, kl = tf_vmfvae.layers.NoLatent()(np.ones((2, 400), "float32"))
    >>> tuple(z.shape), [float(value) for value in kl]
    ((2, 0), [0.0, 0.0])
    """

    def __init__(self, seed: int | None = None, **kwargs):
        super().__init__(0, seed, **kwargs)

    def location(self, hidden):
        """Returns a tensor of shape `(batch, 0)`."""
        return tf.zeros([tf.shape(hidden)[0], 0], self.variable_dtype)

    def posterior(self, hidden) -> tfd.Distribution:
        return tfd.Independent(
            tfd.Deterministic(self.location(hidden)), reinterpreted_batch_ndims=1
        )

    def prior(self) -> tfd.Distribution:
        return tfd.Independent(
            tfd.Deterministic(tf.zeros([0], self.variable_dtype)),
            reinterpreted_batch_ndims=1,
        )

    def mirror(self, z, hidden):
        return z

    def kl(self, posterior: tfd.Distribution):
        return tf.zeros(posterior.batch_shape_tensor(), posterior.dtype)

    def get_config(self):
        config = super().get_config()
        del config["latent_dim"]
        return config
