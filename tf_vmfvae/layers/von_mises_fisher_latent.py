"""A code on the unit sphere with a fixed concentration."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import VonMisesFisher, kl_to_uniform
from tf_vmfvae.layers.aggregate_prior import AggregatePrior
from tf_vmfvae.layers.fixed_concentration_latent import FixedConcentrationLatent

tfd = tfp.distributions

# Draws of a posterior that its KL to a learned prior is the mean over, always the same.
KL_DRAWS = 16
KL_SEED = (0, 0)


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class VonMisesFisherLatent(FixedConcentrationLatent):
    """A code on the unit sphere: `q(z|x) = vMF(mu(x), kappa)`, `p(z)` uniform.

    The mean direction is a normalised linear map of the hidden features. The
    concentration `kappa` is a hyper-parameter, so that the KL depends on the
    dimension and on kappa alone: no optimiser can make it vanish (Xu and Durrett
    2018, section 3). It is computed once, in float64, when the layer is built.

    With `prior_components` the prior can be learned once the posteriors are
    (`learn_prior`). Training is what it was: its codes are charged the constant. The
    bound outside of it then has the learned prior, and a KL by example, which is
    estimated from samples of the posterior.

    Args:
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        kappa: float, greater than 0. Concentration of the posterior; the larger,
            the less noise and the higher the price.
        seed: int or `None`. Seed of the noise.
        training_kappa: float, greater than 0, or `None` for `kappa`. Concentration of
            the codes drawn in training (`FixedConcentrationLatent`).
        prior_components: int, at least 0. Components of a prior that is learned after
            training (`AggregatePrior`); 0 for a uniform one.
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
        self.aggregate_prior = None
        if prior_components:
            self.aggregate_prior = AggregatePrior(
                prior_components, latent_dim, dtype=self.variable_dtype, name="prior"
            )

    def learn_prior(self, hidden, held_out, seed: int = 0) -> float:
        """Makes the prior what the posteriors of the training part add up to.

        Args:
            hidden: what the encoder says of the training part, `(examples, features)`.
            held_out: what it says of other examples, by which the concentration of the
                prior is chosen.
            seed: int. Seed of the components drawn and of the codes.

        Returns:
            What the prior takes off the KL of `held_out`, in nats an example.

        Raises:
            ValueError: if `prior_components` is 0, or there are no examples.
        """
        if not self.prior_components:
            raise ValueError("prior_components is 0: the prior is uniform for good")
        codes = self.posterior(held_out).sample(seed=(seed, 1))
        return self.aggregate_prior.learn(self.location(hidden), codes, seed)

    def prior(self) -> tfd.Distribution:
        if not self.aggregate_prior:
            return super().prior()
        return self.aggregate_prior.distribution()

    def kl(self, posterior: tfd.Distribution):
        kl = super().kl(posterior)
        if not self.aggregate_prior:
            return kl
        uniform, learned = super().prior(), self.prior()
        # One at a time: of many examples all draws would not fit into memory.
        gains = [
            learned.log_prob(z) - uniform.log_prob(z)
            for z in tf.unstack(posterior.sample(KL_DRAWS, seed=KL_SEED))
        ]
        return kl - tf.add_n(gains) / KL_DRAWS

    def training_log_ratio(self, z, hidden):
        # Training is charged the KL to the uniform prior, so that is what weighs.
        posterior = self.training_posterior(hidden)
        return posterior.log_prob(z) - super().prior().log_prob(z)

    def posterior_at(self, hidden, kappa: float | tf.Tensor) -> tfd.Distribution:
        return VonMisesFisher(self.location(hidden), kappa)

    def exact_kl(self, kappa: float) -> float:
        return float(kl_to_uniform(self.latent_dim, kappa))

    def get_config(self):
        config = super().get_config()
        config.update({"prior_components": self.prior_components})
        return config
