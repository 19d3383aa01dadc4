"""A code on the unit sphere with a power spherical distribution."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import PowerSpherical
from tf_vmfvae.layers.latents.fixed_concentration_latent import FixedConcentrationLatent

tfd = tfp.distributions


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class PowerSphericalLatent(FixedConcentrationLatent):
    """A code on the unit sphere: `q(z|x) = PowerSpherical(mu(x), kappa)`.

    The distribution of De Cao and Aziz (2020) instead of von Mises-Fisher's. As in
    `VonMisesFisherLatent`, the prior is uniform and the KL a constant. At the same
    large concentration, codes have about half the spread of vMF codes.

    Args:
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        kappa: float, greater than 0. Concentration of the posterior.
        seed: int or `None`, see `Latent`.
        training_kappa: float or `None`, see `FixedConcentrationLatent`.
        **kwargs: other arguments of `keras.layers.Layer`.

    Returns:
        `(z, kl)`, as every `Latent`: unit vectors and the constant KL.

    Raises:
        ValueError: as for `FixedConcentrationLatent`.

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
        # Outside of any graph that is being built, so that it is a number.
        with tf.init_scope():
            pole = tf.one_hot(0, self.latent_dim, dtype=tf.float64)
            uniform = tfd.SphericalUniform(self.latent_dim, dtype=tf.float64)
            return float(PowerSpherical(pole, kappa).kl_divergence(uniform))
