"""The base of the latents on the unit sphere."""

import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.layers.latents.latent import Latent
from tf_vmfvae.ops.geometry import great_circle, mirror_about, unit_vectors

tfd = tfp.distributions


class SphericalLatent(Latent):
    """Base class of the codes on the unit sphere, with a uniform prior.

    The mean direction is a normalised linear map of the hidden features. A subclass
    defines in `posterior` how codes are spread around it.

    Args:
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        seed: int or `None`, see `Latent`.
        **kwargs: other arguments of `keras.layers.Layer`.

    Raises:
        ValueError: if `latent_dim` is below 2.
    """

    def __init__(self, latent_dim: int, seed: int | None = None, **kwargs):
        if latent_dim < 2:
            raise ValueError(
                f"latent_dim must be at least 2 for a spherical code, not {latent_dim}"
            )
        super().__init__(latent_dim, seed, **kwargs)
        self.mean_direction = self._linear_map("mean_direction")

    def build(self, hidden_shape):
        self.mean_direction.build(hidden_shape)
        super().build(hidden_shape)

    def location(self, hidden):
        """Returns the mean directions, unit vectors `(batch, latent_dim)`."""
        vectors = tf.cast(self.mean_direction(hidden), self.variable_dtype)
        return unit_vectors(vectors)

    def mirror(self, z, hidden):
        return mirror_about(z, unit_vectors(self.location(hidden)))

    @property
    def direction_weights(self):
        return self.mean_direction.weights

    def prior(self) -> tfd.Distribution:
        return tfd.SphericalUniform(self.latent_dim, dtype=self.variable_dtype)

    def interpolate(self, start, end, steps: int):
        """Returns `steps` codes along the great circle from `start` to `end`."""
        return great_circle(start, end, steps)
