"""A Gaussian code, the baseline for spherical ones."""

import math

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.layers.latents.latent import Latent

tfd = tfp.distributions


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class GaussianLatent(Latent):
    """A Gaussian code: `q(z|x) = N(mu(x), diag(sigma(x)^2))`, `p(z) = N(0, I)`.

    The latent of Bowman et al. (2016). With a strong decoder its KL vanishes in
    training, unless the KL's weight is annealed or the first few nats are free.

    Args:
        latent_dim: int, at least 1. Dimension of the code.
        free_bits: float, at least 0. Nats (despite the name) of KL per example that
            are free in training: the loss has `max(free_bits, kl)`, so a KL below
            `free_bits` gains nothing by falling further (Kingma et al. 2016, section
            3.3, with all dimensions in one group). The layer returns the true KL, which
            bounds use.
        seed: int or `None`, see `Latent`.
        **kwargs: other arguments of `keras.layers.Layer`.

    Returns:
        `(z, kl)`, as every `Latent`.

    Raises:
        ValueError: if `latent_dim` is below 1, or `free_bits` is negative or not
            finite.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.GaussianLatent(50, seed=1)
    >>> z, kl = latent(np.zeros((2, 400), "float32"))
    >>> tuple(z.shape), float(kl[0])  # all features are 0: the prior itself
    ((2, 50), 0.0)
    """

    def __init__(
        self,
        latent_dim: int,
        free_bits: float = 0.0,
        seed: int | None = None,
        **kwargs,
    ):
        if latent_dim < 1:
            raise ValueError(f"latent_dim must be at least 1, not {latent_dim}")
        if not 0 <= free_bits < math.inf:
            raise ValueError(
                f"free_bits must be at least 0 and finite, not {free_bits}"
            )
        super().__init__(latent_dim, seed, **kwargs)
        self.free_bits = float(free_bits)
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

    def mirror(self, z, hidden):
        return 2.0 * self.location(hidden) - z

    def charged_kl(self, kl):
        return tf.maximum(kl, self.free_bits)

    @property
    def has_free_kl(self) -> bool:
        return self.free_bits > 0

    def get_config(self):
        config = super().get_config()
        config.update({"free_bits": self.free_bits})
        return config
