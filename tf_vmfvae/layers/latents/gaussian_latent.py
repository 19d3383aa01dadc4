"""A Gaussian code, the baseline for spherical ones."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.layers.argument_checks import not_negative
from tf_vmfvae.layers.latents.gaussian_mixture_prior import GaussianMixturePrior
from tf_vmfvae.layers.latents.latent import Latent
from tf_vmfvae.layers.latents.learned_prior import LearnedPrior
from tf_vmfvae.layers.latents.posterior_normalization import PosteriorNormalization
from tf_vmfvae.layers.latents.rate_floor import RateFloor
from tf_vmfvae.ops.batch_part import place_in_batch

tfd = tfp.distributions

# Posteriors are narrower than the prior, whose variance is 1. One step of an optimiser
# can change a log-variance by the learning rate times the number of hidden features,
# and the KL grows with its exponential.
MOST_LOG_VARIANCE = 5.0


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class GaussianLatent(RateFloor, LearnedPrior, Latent):
    """A Gaussian code: `q(z|x) = N(mu(x), diag(sigma(x)^2))`, `p(z) = N(0, I)`.

    The latent of Bowman et al. (2016). With a strong decoder its KL vanishes in
    training, unless the KL's weight is annealed or one of the arguments below keeps it
    up. `log sigma^2` is at most 5, far above the prior's 0.

    Args:
        latent_dim: int, at least 1. Dimension of the code.
        free_bits: float, at least 0. Nats (despite the name) of KL per example that
            are free in training: the loss has `max(free_bits, kl)` (Kingma et al. 2016,
            section 3.3, with all dimensions in one group). The layer returns the true
            KL, which bounds use.
        seed: int or `None`, see `Latent`.
        batch_norm: float, at least 0. Standard deviation to which the posteriors' means
            are normalised in each coordinate over a training batch; 0: they are not
            normalised. It keeps the average KL of a batch above
            `latent_dim * batch_norm**2 / 2` nats (Zhu et al. 2020). Outside training
            the means are normalised by moving statistics, see
            `PosteriorNormalization`.
        minimum_rate: float, at least 0. Smallest average KL in nats per example, which
            a Lagrange multiplier keeps up in training (`MinimumRate`); 0: none. The
            layer returns the true KL, which bounds use.
        prior_components: int, at least 0. Components of a learned mixture prior
            (`GaussianMixturePrior`); 0 for the standard normal prior. The KL to a
            learned prior is estimated from samples of the posterior.
        **kwargs: other arguments of `keras.layers.Layer`.

    Returns:
        `(z, kl)`, as every `Latent`.

    Raises:
        ValueError: if `latent_dim` is below 1, another argument is negative or not
            finite, or two exclude each other: `free_bits` and `minimum_rate`, or
            `batch_norm` and `prior_components`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.GaussianLatent(50, seed=1)
    >>> z, kl = latent(np.zeros((2, 400), "float32"))
    >>> tuple(z.shape), float(kl[0])  # all features are 0: the prior itself
    ((2, 50), 0.0)
    """

    _mixture_prior_class = GaussianMixturePrior

    def __init__(
        self,
        latent_dim: int,
        free_bits: float = 0.0,
        seed: int | None = None,
        *,
        batch_norm: float = 0.0,
        minimum_rate: float = 0.0,
        prior_components: int = 0,
        **kwargs,
    ):
        if latent_dim < 1:
            raise ValueError(f"latent_dim must be at least 1, not {latent_dim}")
        if batch_norm and prior_components:
            raise ValueError(
                "batch_norm keeps the KL to a standard normal prior up, not to a "
                "learned one: leave batch_norm or prior_components out"
            )
        super().__init__(
            latent_dim, seed, free_bits=free_bits, minimum_rate=minimum_rate, **kwargs
        )
        self.batch_norm = not_negative("batch_norm", float(batch_norm))
        self.prior_components = not_negative("prior_components", prior_components)
        # Normalisation takes a bias away, and has a shift of its own.
        self.mean = self._linear_map("mean", use_bias=not batch_norm)
        self.log_variance = self._linear_map("log_variance", seed_offset=1)
        self.normalization = None
        if batch_norm:
            self.normalization = PosteriorNormalization(
                batch_norm, dtype=self.variable_dtype, name="normalization"
            )
        if prior_components:
            self.mixture_prior = self._mixture_prior_class(
                prior_components,
                latent_dim,
                seed=self._seed_plus(2),
                dtype=self.variable_dtype,
                name="prior",
            )

    def build(self, hidden_shape):
        self.mean.build(hidden_shape)
        self.log_variance.build(hidden_shape)
        if self.normalization:
            self.normalization.build((hidden_shape[0], self.latent_dim))
        super().build(hidden_shape)

    def location(self, hidden):
        """Returns the means, of shape `(batch, latent_dim)`."""
        means = tf.cast(self.mean(hidden), self.variable_dtype)
        return self.normalization(means) if self.normalization else means

    def posterior(self, hidden) -> tfd.Distribution:
        return self._posterior_at(self.location(hidden), hidden)

    def batch_posterior(self, hidden, is_example=None) -> tfd.Distribution:
        if not self.normalization:
            return super().batch_posterior(hidden, is_example)
        means = self.normalization(self.mean(hidden), is_example, training=True)
        return self._posterior_at(means, hidden)

    def _posterior_at(self, means, hidden):
        log_variance = tf.cast(self.log_variance(hidden), self.variable_dtype)
        # The gradient is as without the limit: a posterior beyond it comes back.
        excess = tf.nn.relu(log_variance - MOST_LOG_VARIANCE)
        log_variance -= tf.stop_gradient(excess)
        return tfd.MultivariateNormalDiag(means, tf.exp(0.5 * log_variance))

    def fixed_prior(self) -> tfd.Distribution:
        return tfd.MultivariateNormalDiag(
            tf.zeros([self.latent_dim], self.variable_dtype)
        )

    def fixed_kl(self, posterior: tfd.Distribution):
        return tfd.kl_divergence(posterior, self.fixed_prior())

    def fixed_training_kl(self, posterior: tfd.Distribution):
        return self.fixed_kl(posterior)

    def mirror(self, z, hidden):
        return 2.0 * self.location(hidden) - z

    def _sample(self, posterior, shape=()):
        place, parts = place_in_batch()
        if parts == 1:
            return super()._sample(posterior, shape)
        # TFP draws dimension by dimension, so an example's noise depends on how many
        # others there are. Here these are the examples of all parts.
        rows = posterior.batch_shape_tensor()[0]
        all_rows = tf.ones([parts * rows, self.latent_dim], posterior.dtype)
        noise = tfd.MultivariateNormalDiag(scale_diag=all_rows).sample(
            shape, seed=self._next_seed()
        )
        noise = tf.reshape(noise, [*shape, parts, rows, self.latent_dim])
        noise = tf.gather(noise, place, axis=len(shape))
        return posterior.mean() + posterior.stddev() * noise

    def _mirror_in(self, posterior, z, hidden):
        return 2.0 * posterior.mean() - z

    @property
    def normalizes_batch(self) -> bool:
        return self.normalization is not None

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "batch_norm": self.batch_norm,
                "prior_components": self.prior_components,
            }
        )
        return config
