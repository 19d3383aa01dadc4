"""A code on the unit sphere with a fixed concentration."""

import math

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import VonMisesFisher, kl_to_uniform
from tf_vmfvae.layers.latent import Latent

tfd = tfp.distributions


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class VonMisesFisherLatent(Latent):
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
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(50, kappa=80.0, seed=1)
    >>> z, kl = latent(np.ones((2, 400), "float32"))
    >>> tuple(z.shape)
    (2, 50)
    >>> [round(float(value), 4) for value in kl]
    [19.5152, 19.5152]
    """

    def __init__(
        self, latent_dim: int, kappa: float, seed: int | None = None, **kwargs
    ):
        if latent_dim < 2:
            raise ValueError(
                f"latent_dim must be at least 2 for a spherical code, not {latent_dim}"
            )
        if not (math.isfinite(kappa) and kappa > 0):
            raise ValueError(f"kappa must be a positive, finite number, not {kappa}")
        super().__init__(latent_dim, seed, **kwargs)
        self.kappa = float(kappa)
        self.mean_direction = self._linear_map("mean_direction")

    def build(self, hidden_shape):
        self.mean_direction.build(hidden_shape)
        self._kl = float(kl_to_uniform(self.latent_dim, self.kappa))
        super().build(hidden_shape)

    def location(self, hidden):
        """Returns the mean directions, unit vectors `(batch, latent_dim)`."""
        direction = tf.cast(self.mean_direction(hidden), self.variable_dtype)
        # An empty row has no direction before the bias has learned anything; NaN would
        # spoil the whole batch.
        is_zero = tf.reduce_all(direction == 0, axis=-1, keepdims=True)
        first = tf.one_hot(0, self.latent_dim, dtype=direction.dtype)
        direction = tf.where(is_zero, first, direction)
        return tf.math.l2_normalize(direction, axis=-1)

    def posterior(self, hidden) -> tfd.Distribution:
        return VonMisesFisher(self.location(hidden), self.kappa)

    def prior(self) -> tfd.Distribution:
        return tfd.SphericalUniform(self.latent_dim, dtype=self.variable_dtype)

    def kl(self, posterior: tfd.Distribution):
        return tf.fill(
            posterior.batch_shape_tensor(), tf.cast(self._kl, posterior.dtype)
        )

    def interpolate(self, start, end, steps: int):
        """Returns `steps` codes along the great circle from `start` to `end`.

        Opposite codes have no shortest great circle: any of them is taken, by
        way of a direction orthogonal to `start`.
        """
        start = tf.math.l2_normalize(start, axis=-1)
        tangent = end - tf.reduce_sum(start * end) * start
        length = tf.norm(tangent)
        least = tf.one_hot(tf.argmin(tf.abs(start)), self.latent_dim, dtype=start.dtype)
        detour = least - tf.reduce_sum(start * least) * start
        tangent = tf.where(length > 1e-6, tangent, detour)
        tangent = tf.math.l2_normalize(tangent, axis=-1)
        angle = tf.atan2(length, tf.reduce_sum(start * end))
        angles = angle * tf.linspace(0.0, 1.0, steps)[:, None]
        return tf.cos(angles) * start + tf.sin(angles) * tangent

    def get_config(self):
        config = super().get_config()
        config.update({"kappa": self.kappa})
        return config
