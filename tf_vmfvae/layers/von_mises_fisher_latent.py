"""A code on the unit sphere with a fixed concentration."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import VonMisesFisher, kl_to_uniform
from tf_vmfvae.layers.fixed_concentration_latent import FixedConcentrationLatent

tfd = tfp.distributions


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class VonMisesFisherLatent(FixedConcentrationLatent):
    """A code on the unit sphere: `q(z|x) = vMF(mu(x), kappa)`, `p(z)` uniform.

    The mean direction is a normalised linear map of the hidden features. The
    concentration `kappa` is a hyper-parameter, so that the KL depends on the
    dimension and on kappa alone: no optimiser can make it vanish (Xu and Durrett
    2018, section 3). It is computed once, in float64, when the layer is built.

    Args:
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        kappa: float, greater than 0. Concentration of the posterior; the larger,
            the less noise and the higher the price.
        seed: int or `None`. Seed of the noise.
        training_kappa: float, greater than 0, or `None` for `kappa`. Concentration of
            the codes drawn in training (`FixedConcentrationLatent`).
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        hidden: float tensor of shape `(batch, features)`.

    Returns:
        `(z, kl)`: unit vectors of shape `(batch, latent_dim)` and the constant
        KL in nats, of shape `(batch,)`.

    Raises:
        ValueError: if `latent_dim` is below 2, or a kappa is not a positive, finite
            number.

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

    def posterior_at(self, hidden, kappa: float | tf.Tensor) -> tfd.Distribution:
        return VonMisesFisher(self.location(hidden), kappa)

    def exact_kl(self, kappa: float) -> float:
        return float(kl_to_uniform(self.latent_dim, kappa))
