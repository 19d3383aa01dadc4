"""A Gaussian code, the baseline that the spherical one is held against."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.layers.latent import Latent

tfd = tfp.distributions


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class GaussianLatent(Latent):
    """A Gaussian code: `q(z|x) = N(mu(x), diag(sigma(x)^2))`, `p(z) = N(0, I)`.

    The latent of Bowman et al. (2016). Its KL can vanish, and in a text VAE with
    a strong decoder it does, unless its weight is annealed.

    Args:
        latent_dim: int, at least 1. Dimension of the code.
        seed: int or `None`. Seed of the noise.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        hidden: float tensor of shape `(batch, features)`.

    Returns:
        `(z, kl)`: codes of shape `(batch, latent_dim)` and the KL in nats, of
        shape `(batch,)`.

    Raises:
        ValueError: if `latent_dim` is below 1.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.GaussianLatent(50, seed=1)
    >>> z, kl = latent(np.zeros((2, 400), "float32"))
    >>> tuple(z.shape), float(kl[0])  # no evidence, no bias: the prior itself
    ((2, 50), 0.0)
    """

    def __init__(self, latent_dim: int, seed: int | None = None, **kwargs):
        if latent_dim < 1:
            raise ValueError(f"latent_dim must be at least 1, not {latent_dim}")
        super().__init__(latent_dim, seed, **kwargs)
        self.mean = self._linear_map("mean")
        self.log_variance = self._linear_map("log_variance", seed_offset=1)

    def build(self, hidden_shape):
        self.mean.build(hidden_shape)
        self.log_variance.build(hidden_shape)
        super().build(hidden_shape)

    def location(self, hidden):
        """Returns the means, of shape `(batch, latent_dim)`."""
        return tf.cast(self.mean(hidden), self.variable_dtype)

    def posterior(self, hidden) -> tfd.Distribution:
        log_variance = tf.cast(self.log_variance(hidden), self.variable_dtype)
        return tfd.MultivariateNormalDiag(
            self.location(hidden), tf.exp(0.5 * log_variance)
        )

    def prior(self) -> tfd.Distribution:
        return tfd.MultivariateNormalDiag(
            tf.zeros([self.latent_dim], self.variable_dtype)
        )
