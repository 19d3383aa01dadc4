"""A code on the unit sphere with the power spherical law."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import PowerSpherical
from tf_vmfvae.layers.latents.fixed_concentration_latent import FixedConcentrationLatent

tfd = tfp.distributions


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class PowerSphericalLatent(FixedConcentrationLatent):
    """A code on the unit sphere: `q(z|x) = PowerSpherical(mu(x), kappa)`.

    The law of De Cao and Aziz (2020) with a fixed concentration in the place of von
    Mises and Fisher's; the prior is uniform and the KL a constant, as there. A large
    concentration leaves about half the spread that it leaves to vMF.

    Args:
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        kappa: float, greater than 0. Concentration of the posterior.
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
        ValueError: if `latent_dim` is below 2 or `kappa` is not a positive,
            finite number.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.PowerSphericalLatent(3, kappa=1.0, seed=1)
    >>> z, kl = latent(np.ones((1, 4), "float32"))
    >>> round(float(kl[0]), 6)
    0.193147
    """

    def posterior_at(self, hidden, kappa: float | tf.Tensor) -> tfd.Distribution:
        return PowerSpherical(self.location(hidden), kappa)

    def exact_kl(self, kappa: float) -> float:
        # A constant of the layer, also while a graph is being built.
        with tf.init_scope():
            pole = tf.one_hot(0, self.latent_dim, dtype=tf.float64)
            law = PowerSpherical(pole, kappa)
            uniform = tfd.SphericalUniform(self.latent_dim, dtype=tf.float64)
            return float(law.kl_divergence(uniform))
