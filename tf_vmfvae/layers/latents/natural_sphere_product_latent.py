"""A code of several unit vectors that are as sure as the evidence is strong."""

import keras
import tensorflow as tf

from tf_vmfvae.layers.latents.sphere_product_latent import SphereProductLatent


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class NaturalSphereProductLatent(SphereProductLatent):
    """A product of spheres whose natural parameters are linear in the features.

    The linear map `v_j(x)` that gives a sphere its mean direction gives its
    concentration too: `kappa_j(x) mu_j(x) = g_j v_j(x)`, with one learned `g_j` a
    sphere. So what the features say for a direction adds up, what they say against
    each other cancels out, and where they say nothing the posterior is the prior. With
    a concentration of its own, an example unlike all seen in training gets a
    direction at random, held for certain; a Gaussian code's mean stays near 0 there.

    The KL is by example and can vanish: warm it up.

    Args:
        latent_dim: int. Dimensions of the whole code, at least two a sphere.
        spheres: int, at least 1. Number of spheres, which divides `latent_dim`.
        kappa: float, greater than 0. Concentration before training of an example
            whose map has coordinates of mean square 1.
        concentration_features: int or `None` for 0. So many of the last hidden
            features, the length of a document say, are for `log g_j` alone: they are
            no evidence for a direction, and of a size that would drown it at first.
        seed: int or `None`. Seed of the noise.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        hidden: float tensor of shape `(batch, features)`.

    Returns:
        `(z, kl)`, as `SphereProductLatent`.

    Raises:
        ValueError: as `SphereProductLatent`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.NaturalSphereProductLatent(25, 5, seed=1)
    >>> z, kl = latent(np.zeros((3, 400), "float32"))
    >>> tuple(z.shape), round(float(kl[0]), 4)  # no evidence: the prior itself
    ((3, 25), 0.0)
    """

    def __init__(
        self,
        latent_dim: int,
        spheres: int,
        kappa: float = 20.0,
        concentration_features: int | None = None,
        seed: int | None = None,
        **kwargs,
    ):
        super().__init__(
            latent_dim, spheres, kappa, concentration_features or 0, seed, **kwargs
        )

    def build(self, hidden_shape):
        if self.concentration_features >= hidden_shape[-1]:
            raise ValueError(
                f"concentration_features is {self.concentration_features}, which "
                f"leaves none of {hidden_shape[-1]} hidden features for a direction"
            )
        super().build(hidden_shape)

    def concentration(self, hidden):
        """Returns the concentrations, of shape `(batch, spheres)`."""
        # The root has no slope at 0, and no density is that of kappa = 0 alone.
        strength = tf.sqrt(tf.reduce_mean(self._vectors(hidden) ** 2, axis=-1) + 1e-12)
        return tf.minimum(strength * super().concentration(hidden), 1e6)

    def _vectors(self, hidden):
        return super()._vectors(hidden[:, : self._direction_shape(hidden.shape)[-1]])

    def _direction_shape(self, hidden_shape):
        return hidden_shape[0], hidden_shape[-1] - self.concentration_features
