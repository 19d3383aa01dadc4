"""A code on the unit sphere with a spherical Cauchy distribution."""

import functools

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import SphericalCauchy, kl_to_uniform
from tf_vmfvae.layers.latents.fixed_concentration_latent import FixedConcentrationLatent

tfd = tfp.distributions

# Above it, float32 holds too few digits of 1 - rho.
LARGEST_KAPPA = 1e9


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class SphericalCauchyLatent(FixedConcentrationLatent):
    """A code on the unit sphere: `q(z|x) = SphericalCauchy(mu(x), rho)`.

    The distribution of Kato and McCullagh (2020) instead of von Mises-Fisher's, as in
    the VAE of Sablica and Hornik (arXiv:2506.21278), with a constant concentration. As
    in `VonMisesFisherLatent`, the prior is uniform and the KL a constant.

    Its own concentration `rho` runs from 0 to 1, and most of what one may want lies
    close to 1 in few dimensions. So it is set by `kappa`, the concentration of the von
    Mises-Fisher distribution with the same KL: at the same `kappa`, a code costs as
    many nats in both latents, and only the shape of its noise differs.

    Args:
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        kappa: float, greater than 0, at most 1e9. Concentration of the von Mises-Fisher
            distribution with the same KL to the uniform distribution.
        seed: int or `None`, see `Latent`.
        training_kappa: float or `None`, see `FixedConcentrationLatent`; in the unit of
            `kappa`.
        **kwargs: other arguments of `keras.layers.Layer`.

    Returns:
        `(z, kl)`, as every `Latent`: unit vectors and the constant KL.

    Raises:
        ValueError: if a kappa is above 1e9; also as for `FixedConcentrationLatent`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.SphericalCauchyLatent(50, kappa=80.0, seed=1)
    >>> hidden = np.ones((1, 4), "float32")
    >>> z, kl = latent(hidden)
    >>> round(float(kl[0]), 4)
    19.5152
    >>> round(float(latent.posterior(hidden).concentration), 4)
    0.4464
    """

    def __init__(
        self,
        latent_dim: int,
        kappa: float,
        seed: int | None = None,
        training_kappa: float | None = None,
        **kwargs,
    ):
        super().__init__(latent_dim, kappa, seed, training_kappa, **kwargs)
        for name in ("kappa", "training_kappa"):
            _check_size(name, getattr(self, name))

    def build(self, hidden_shape):
        super().build(hidden_shape)
        rho = self._rho(self.training_kappa or self.kappa)
        with tf.init_scope():
            self._sampling_rho = tf.Variable(
                rho, trainable=False, dtype=self.variable_dtype
            )

    def set_sampling_concentration(self, kappa: float) -> None:
        _check_size("kappa", kappa)
        super().set_sampling_concentration(kappa)
        self._sampling_rho.assign(self._rho(kappa))

    def posterior_at(self, hidden, kappa: float | tf.Tensor) -> tfd.Distribution:
        return SphericalCauchy(self.location(hidden), self._rho(kappa))

    def training_posterior(self, hidden) -> tfd.Distribution:
        rho = tf.convert_to_tensor(self._sampling_rho)
        return SphericalCauchy(self.location(hidden), rho)

    def exact_kl(self, kappa: float) -> float:
        return float(kl_to_uniform(self.latent_dim, kappa))

    def _rho(self, kappa):
        """Returns the concentration for a kappa: a number for a number."""
        if not tf.is_tensor(kappa):
            return _rho_of_number(self.latent_dim, kappa)
        kl = kl_to_uniform(self.latent_dim, tf.cast(kappa, tf.float64))
        rho = SphericalCauchy.concentration_of_kl(self.latent_dim, kl)
        return tf.cast(rho, kappa.dtype)


@functools.lru_cache(maxsize=64)
def _rho_of_number(dimension: int, kappa: float) -> float:
    kl = float(kl_to_uniform(dimension, kappa))
    return float(SphericalCauchy.concentration_of_kl(dimension, kl))


def _check_size(name, kappa):
    if kappa is not None and kappa > LARGEST_KAPPA:
        raise ValueError(
            f"{name} must be at most {LARGEST_KAPPA:g} for a spherical Cauchy code, "
            f"not {kappa:g}"
        )
