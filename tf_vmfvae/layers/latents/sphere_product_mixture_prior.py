"""A learned prior on a product of spheres."""

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import VonMisesFisher
from tf_vmfvae.layers.argument_checks import dim_of_each_sphere
from tf_vmfvae.layers.latents.learned_mixture import LearnedMixture
from tf_vmfvae.layers.latents.mixture_prior import PACE
from tf_vmfvae.layers.latents.selective_mixture import SelectiveMixture
from tf_vmfvae.layers.latents.sphere_product import sphere_product
from tf_vmfvae.ops.geometry import unit_vectors

tfd = tfp.distributions


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class SphereProductMixturePrior(LearnedMixture):
    """A learned mixture on a product of spheres.

    For codes of several unit vectors what `MixturePrior` is for codes of one (see
    there): `p(z) = sum_m pi_m prod_j vMF(z_j; mu_mj, kappa_mj)`. Within a component the
    unit vectors are independent, in the mixture they are not. The first directions are
    random and the components wide.

    Evaluating the density takes one product with a matrix, as for
    `VonMisesFisherMixture`, so many components cost as much as a dense layer of that
    many units.

    Args:
        components: int, at least 1.
        latent_dim: int. Dimensions of the whole code, at least two for each sphere.
        spheres: int, at least 1. Number of spheres; it divides `latent_dim`.
        seed: int or `None`. Seed of the first directions; `None` for a random one.
        **kwargs: other arguments of `keras.layers.Layer`.

    Raises:
        ValueError: if `components` is below 1, or if `latent_dim` is not a multiple of
            `spheres` or less than twice as large.

    Example:
    >>> import tf_vmfvae
    >>> prior = tf_vmfvae.layers.SphereProductMixturePrior(2000, 4, spheres=2, seed=1)
    >>> code = [0.0, 1.0, 1.0, 0.0]
    >>> round(float(prior.distribution().log_prob(code)), 1)  # uniform: -2 log(2 pi)
    -3.7
    """

    def __init__(
        self,
        components: int,
        latent_dim: int,
        spheres: int,
        seed: int | None = None,
        **kwargs,
    ):
        sphere_dim = dim_of_each_sphere(latent_dim, spheres)
        super().__init__(components, latent_dim, seed, **kwargs)
        self.spheres = spheres
        self.sphere_dim = sphere_dim
        # Only the directions of vectors matter, and short vectors turn fast.
        short = keras.initializers.RandomNormal(
            stddev=1.0 / (PACE * self.sphere_dim**0.5), seed=seed
        )
        self.directions = self._add_component_weight(
            "directions", spheres, self.sphere_dim, initializer=short
        )
        self.log_spreads = self._add_component_weight("log_spreads", spheres)
        self.log_shares = self._add_component_weight("log_shares")
        self.built = True

    def distribution(self) -> SelectiveMixture:
        """Returns the prior with its current weights."""
        spreads, shares = map(tf.convert_to_tensor, (self.log_spreads, self.log_shares))
        return _Mixture(
            unit_vectors(tf.convert_to_tensor(self.directions)),
            self.sphere_dim / 2 * tf.exp(-PACE * spreads),
            PACE * shares,
        )

    def get_config(self):
        return {**super().get_config(), "spheres": self.spheres}


class _Mixture(SelectiveMixture):
    """A mixture on a product of spheres.

    Args:
        directions: unit vectors, `(components, spheres, sphere_dim)`.
        kappa: their concentrations, `(components, spheres)`.
        logits: as for `SelectiveMixture`.
    """

    def __init__(self, directions, kappa, logits):
        super().__init__(logits, _spheres, (directions, kappa))
        self.directions = directions
        self.kappa = kappa

    def _log_densities(self, value):
        natural = tf.reshape(
            self.kappa[..., tf.newaxis] * self.directions,
            [-1, self.components.event_shape[0]],
        )
        pole = tf.one_hot(0, self.directions.shape[-1], dtype=self.dtype)
        peaks = VonMisesFisher(pole, self.kappa).log_prob(pole)
        # The sums of kappa first: the peaks are small, and would lose digits to them.
        exponents = tf.tensordot(value, natural, [[-1], [-1]])
        exponents -= tf.reduce_sum(self.kappa, axis=-1)
        return exponents + tf.reduce_sum(peaks, axis=-1)


def _spheres(directions, kappa):
    return sphere_product(VonMisesFisher(directions, kappa))
