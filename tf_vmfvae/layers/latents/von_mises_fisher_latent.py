"""A code on the unit sphere with a fixed concentration."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import VonMisesFisher, kl_to_uniform
from tf_vmfvae.layers.latents.fixed_concentration_latent import FixedConcentrationLatent
from tf_vmfvae.layers.latents.mixture_prior import MixturePrior

tfd = tfp.distributions

# The KL to a learned prior is estimated from samples of the posterior. Outside training
# they are always the same ones.
TRAINING_DRAWS = 2
KL_DRAWS = 16
KL_SEED = (0, 0)


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class VonMisesFisherLatent(FixedConcentrationLatent):
    """A code on the unit sphere: `q(z|x) = vMF(mu(x), kappa)`, `p(z)` uniform.

    The mean direction is a normalised linear map of the hidden features. The
    concentration `kappa` is a hyperparameter, so the KL depends only on the dimension
    and on kappa, and cannot vanish in training (Xu and Durrett 2018, section 3). It is
    computed once, in float64, when the layer is built.

    With `prior_components`, the prior is a mixture that is learned along with the
    posteriors (`MixturePrior`). The KL then differs from example to example: it is
    lower where the prior predicts the code better than the uniform one would, and it
    is estimated from samples of the posterior.

    Args:
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        kappa: float, greater than 0. Concentration of the posterior: the larger it is,
            the less noise there is in the code and the larger the KL.
        seed: int or `None`, see `Latent`.
        training_kappa: float or `None`, see `FixedConcentrationLatent`.
        prior_components: int, at least 0. Components of a learned prior; 0 for the
            uniform prior.
        **kwargs: other arguments of `keras.layers.Layer`.

    Returns:
        `(z, kl)`, as every `Latent`: unit vectors and, with the uniform prior, the
        constant KL.

    Raises:
        ValueError: if `prior_components` is negative; also as for
            `FixedConcentrationLatent`.

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
        if prior_components:
            self.mixture_prior = MixturePrior(
                prior_components,
                latent_dim,
                seed=self._seed_plus(1),
                dtype=self.variable_dtype,
                name="prior",
            )

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
        """Returns the mean of `log p(z)` minus that of the uniform prior, `(batch,)`.

        Args:
            draws: codes of shape `(draws, batch, latent_dim)`.
        """
        uniform, learned = super().prior(), self.prior()
        # One draw at a time: with many examples, all draws would not fit into memory.
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
