"""A code on the unit sphere with a fixed concentration."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import VonMisesFisher, kl_to_uniform
from tf_vmfvae.layers.argument_checks import not_negative
from tf_vmfvae.layers.latents.fixed_concentration_latent import FixedConcentrationLatent
from tf_vmfvae.layers.latents.learned_prior import LearnedPrior
from tf_vmfvae.layers.latents.mixture_prior import MixturePrior

tfd = tfp.distributions


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class VonMisesFisherLatent(LearnedPrior, FixedConcentrationLatent):
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
        self.prior_components = not_negative("prior_components", prior_components)
        if prior_components:
            self.mixture_prior = MixturePrior(
                prior_components,
                latent_dim,
                seed=self._seed_plus(1),
                dtype=self.variable_dtype,
                name="prior",
            )

    def posterior_at(self, hidden, kappa: float | tf.Tensor) -> tfd.Distribution:
        return VonMisesFisher(self.location(hidden), kappa)

    def exact_kl(self, kappa: float) -> float:
        return float(kl_to_uniform(self.latent_dim, kappa))

    def get_config(self):
        config = super().get_config()
        config.update({"prior_components": self.prior_components})
        return config
