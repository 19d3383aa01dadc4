"""A code on the unit sphere with a fixed concentration."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import VonMisesFisher, kl_to_uniform
from tf_vmfvae.layers.latents.fixed_concentration_latent import FixedConcentrationLatent
from tf_vmfvae.layers.latents.mixture_prior import MixturePrior

tfd = tfp.distributions

# Draws of a posterior that its KL to a learned prior is the mean over: in training, and
# outside of it, where they are always the same.
TRAINING_DRAWS = 2
KL_DRAWS = 16
KL_SEED = (0, 0)


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class VonMisesFisherLatent(FixedConcentrationLatent):
    """A code on the unit sphere: `q(z|x) = vMF(mu(x), kappa)`, `p(z)` uniform.

    The mean direction is a normalised linear map of the hidden features. The
    concentration `kappa` is a hyper-parameter, so that the KL depends on the
    dimension and on kappa alone: no optimiser can make it vanish (Xu and Durrett
    2018, section 3). It is computed once, in float64, when the layer is built.

    With `prior_components` the prior is a mixture that learns beside the posteriors
    (`MixturePrior`). The KL is then one by example, lower by what the prior foretells,
    and estimated from samples of the posterior; it is no constant any more.

    Args:
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        kappa: float, greater than 0. Concentration of the posterior; the larger,
            the less noise and the higher the price.
        seed: int or `None`. Seed of the noise.
        training_kappa: float, greater than 0, or `None` for `kappa`. Concentration of
            the codes drawn in training (`FixedConcentrationLatent`).
        prior_components: int, at least 0. Components of a prior that is learned
            (`MixturePrior`); 0 for a uniform one.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        hidden: float tensor of shape `(batch, features)`.

    Returns:
        `(z, kl)`: unit vectors of shape `(batch, latent_dim)` and the constant
        KL in nats, of shape `(batch,)`.

    Raises:
        ValueError: if `latent_dim` is below 2, a kappa is not a positive, finite
            number, or `prior_components` is negative.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(50, kappa=80.0, seed=1)
    >>> z, kl = latent(np.ones((2, 400), "float32"))
    >>> tuple(z.shape)
    (2, 50)
    >>> [round(float(value), 4) for value in kl]
    [19.5152, 19.5152]
    """

    def __init__(
        self,
        latent_dim: int,
        kappa: float,
        seed: int | None = None,
        training_kappa: float | None = None,
        prior_components: int = 0,
        **kwargs,
    ):
        super().__init__(latent_dim, kappa, seed, training_kappa, **kwargs)
        if prior_components < 0:
            raise ValueError(f"prior_components is {prior_components}: give 0 or more")
        self.prior_components = prior_components
        self.mixture_prior = None
        if prior_components:
            self.mixture_prior = MixturePrior(
                prior_components,
                latent_dim,
                seed=None if seed is None else seed + 1,
                dtype=self.variable_dtype,
                name="prior",
            )

    @property
    def learned_prior(self) -> MixturePrior | None:
        return self.mixture_prior

    def prior(self) -> tfd.Distribution:
        if not self.mixture_prior:
            return super().prior()
        return self.mixture_prior.distribution()

    def kl(self, posterior: tfd.Distribution):
        kl = super().kl(posterior)
        if not self.mixture_prior:
            return kl
        return kl - self._prior_gain(posterior.sample(KL_DRAWS, seed=KL_SEED))

    def training_kl(self, posterior: tfd.Distribution):
        kl = super().training_kl(posterior)
        if not self.mixture_prior:
            return kl
        return kl - self._prior_gain(self._sample(posterior, (TRAINING_DRAWS,)))

    def _prior_gain(self, draws):
        """What the learned prior knows of codes, mean over the first axis, in nats."""
        uniform, learned = super().prior(), self.prior()
        # One at a time: of many examples all draws would not fit into memory.
        gains = [learned.log_prob(z) - uniform.log_prob(z) for z in tf.unstack(draws)]
        return tf.add_n(gains) / len(gains)

    def posterior_at(self, hidden, kappa: float | tf.Tensor) -> tfd.Distribution:
        return VonMisesFisher(self.location(hidden), kappa)

    def exact_kl(self, kappa: float) -> float:
        return float(kl_to_uniform(self.latent_dim, kappa))

    def get_config(self):
        config = super().get_config()
        config.update({"prior_components": self.prior_components})
        return config
