"""A code of several unit vectors."""

import math

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import VonMisesFisher, kl_to_uniform
from tf_vmfvae.layers.argument_checks import dim_of_each_sphere, not_negative, positive
from tf_vmfvae.layers.dense import Dense
from tf_vmfvae.layers.latents.latent import Latent
from tf_vmfvae.layers.latents.learned_prior import LearnedPrior
from tf_vmfvae.layers.latents.rate_floor import RateFloor
from tf_vmfvae.layers.latents.sphere_product import sphere_product
from tf_vmfvae.layers.latents.sphere_product_mixture_prior import (
    SphereProductMixturePrior,
)
from tf_vmfvae.ops.geometry import great_circle, mirror_about, unit_vectors

tfd = tfp.distributions
tfb = tfp.bijectors


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class SphereProductLatent(RateFloor, LearnedPrior, Latent):
    """A code on a product of spheres (Davidson et al. 2019), uniform a priori.

    Each sphere has its own concentration, which is learned and depends on the example:
    `q(z|x) = prod_j vMF(mu_j(x), kappa_j(x))`, where `log kappa_j` is a linear map of
    the last `concentration_features` of the hidden features. If that is one feature,
    such as a document's length, the KL to the uniform prior is a function of this
    feature alone, and as with a fixed kappa the encoder cannot lower it for single
    examples. This KL and its gradient are exact, and the gradient of a sample is
    unbiased (`VonMisesFisher`).

    Args:
        latent_dim: int. Dimensions of the whole code, at least two for each sphere.
        spheres: int, at least 1. Number of spheres; it divides `latent_dim`.
        kappa: float, greater than 0. The concentrations before training.
        concentration_features: int or `None`. How many of the last hidden features the
            concentrations depend on. With 0, a sphere has the same concentration for
            all examples; `None` stands for all features.
        seed: int or `None`, see `Latent`.
        free_bits: float, at least 0. Nats of KL per example that are free in training,
            as for `GaussianLatent`.
        minimum_rate: float, at least 0. Smallest average KL in nats per example in
            training, likewise.
        prior_components: int, at least 0. Components of a learned mixture prior
            (`SphereProductMixturePrior`); 0 for the uniform prior. The KL to a learned
            prior is estimated from samples of the posterior.
        **kwargs: other arguments of `keras.layers.Layer`.

    Returns:
        `(z, kl)`, as every `Latent`; a code is its unit vectors one after the other.

    Raises:
        ValueError: if `latent_dim` is not a multiple of `spheres` or less than twice
            as large, if `kappa` is not a positive, finite number, if
            `concentration_features` is negative or more than there are hidden features,
            or if `free_bits` or `minimum_rate` is negative or not finite, or both are
            positive, or if `prior_components` is negative.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.SphereProductLatent(100, 2, kappa=80.0, seed=1)
    >>> z, kl = latent(np.ones((3, 400), "float32"))
    >>> tuple(z.shape), round(float(kl[0]), 4)  # twice that of one sphere
    ((3, 100), 39.0304)
    """

    def __init__(
        self,
        latent_dim: int,
        spheres: int,
        kappa: float = 20.0,
        concentration_features: int | None = None,
        seed: int | None = None,
        *,
        free_bits: float = 0.0,
        minimum_rate: float = 0.0,
        prior_components: int = 0,
        **kwargs,
    ):
        sphere_dim = dim_of_each_sphere(latent_dim, spheres)
        if concentration_features is not None and concentration_features < 0:
            raise ValueError(
                "concentration_features must be 0 or more, not "
                f"{concentration_features}"
            )
        super().__init__(
            latent_dim, seed, free_bits=free_bits, minimum_rate=minimum_rate, **kwargs
        )
        self.spheres = spheres
        self.sphere_dim = sphere_dim
        self.kappa = positive("kappa", kappa)
        self.concentration_features = concentration_features
        self.mean_directions = self._linear_map("mean_directions")
        self.log_concentrations = Dense(
            spheres,
            kernel_initializer="zeros",
            bias_initializer=keras.initializers.Constant(math.log(kappa)),
            dtype=self.dtype_policy,
            name="log_concentrations",
        )
        self._flat = tfb.Reshape([latent_dim], [spheres, self.sphere_dim])
        self.prior_components = not_negative("prior_components", prior_components)
        if prior_components:
            self.mixture_prior = SphereProductMixturePrior(
                prior_components,
                latent_dim,
                spheres,
                seed=self._seed_plus(1),
                dtype=self.variable_dtype,
                name="prior",
            )

    def build(self, hidden_shape):
        batch, features = hidden_shape
        own = self._concentration_width(features)
        if own > features:
            raise ValueError(
                f"concentration_features is {own}, but there are only "
                f"{features} hidden features"
            )
        self.mean_directions.build((batch, self._direction_width(features)))
        self.log_concentrations.build((batch, own))
        super().build(hidden_shape)

    @property
    def direction_weights(self):
        return self.mean_directions.weights if self.spheres == 1 else []

    def location(self, hidden):
        """Returns the mean directions, one after the other, `(batch, latent_dim)`."""
        return self._flat.forward(self._directions(hidden))

    def concentration(self, hidden):
        """Returns the concentrations, of shape `(batch, spheres)`."""
        features = hidden.shape[-1]
        own = hidden[:, features - self._concentration_width(features) :]
        logs = tf.cast(self.log_concentrations(own), self.variable_dtype)
        # Beyond e^14, float32 could not tell a sample from its mean direction.
        return tf.exp(tf.clip_by_value(logs, -10.0, 14.0))

    def posterior(self, hidden) -> tfd.Distribution:
        return sphere_product(
            VonMisesFisher(self._directions(hidden), self.concentration(hidden))
        )

    def fixed_prior(self) -> tfd.Distribution:
        sphere = tfd.SphericalUniform(
            self.sphere_dim, batch_shape=[self.spheres], dtype=self.variable_dtype
        )
        return sphere_product(sphere)

    def mirror(self, z, hidden):
        directions = self._directions(hidden)
        return self._flat.forward(mirror_about(self._flat.inverse(z), directions))

    def fixed_kl(self, posterior: tfd.Distribution):
        concentration = posterior.distribution.distribution.concentration
        return tf.reduce_sum(kl_to_uniform(self.sphere_dim, concentration), axis=-1)

    def fixed_training_kl(self, posterior: tfd.Distribution):
        return self.fixed_kl(posterior)

    def interpolate(self, start, end, steps: int):
        """Returns `steps` codes, on each sphere along a great circle."""
        arcs = [
            great_circle(*ends, steps)
            for ends in zip(
                tf.split(start, self.spheres), tf.split(end, self.spheres), strict=True
            )
        ]
        return tf.concat(arcs, axis=-1)

    def _directions(self, hidden):
        """Returns the mean directions, `(batch, spheres, sphere_dim)`."""
        return unit_vectors(self._vectors(hidden))

    def _vectors(self, hidden):
        """Returns the mean directions before they are normalised."""
        hidden = hidden[:, : self._direction_width(hidden.shape[-1])]
        vectors = tf.cast(self.mean_directions(hidden), self.variable_dtype)
        return self._flat.inverse(vectors)

    def _concentration_width(self, features):
        """Returns how many of the features, the last ones, concentrations read."""
        own = self.concentration_features
        return features if own is None else own

    def _direction_width(self, features):
        """Returns how many of the features, the first ones, directions read."""
        return features

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "spheres": self.spheres,
                "kappa": self.kappa,
                "concentration_features": self.concentration_features,
                "prior_components": self.prior_components,
            }
        )
        return config
