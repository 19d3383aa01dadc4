"""What the latents of a fixed concentration have in common."""

import math

import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.layers.spherical_latent import SphericalLatent

tfd = tfp.distributions


class FixedConcentrationLatent(SphericalLatent):
    """A spherical code whose concentration, and so its KL, is a constant.

    A subclass says in `posterior` how the codes lie and in `exact_kl` what they cost;
    the latter is asked once, when the layer is built.

    Args:
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        kappa: float, greater than 0. Concentration of the posterior.
        seed: int or `None`. Seed of the noise.
        **kwargs: other arguments of `keras.layers.Layer`.

    Raises:
        ValueError: if `latent_dim` is below 2 or `kappa` is not a positive,
            finite number.
    """

    def __init__(
        self, latent_dim: int, kappa: float, seed: int | None = None, **kwargs
    ):
        if not (math.isfinite(kappa) and kappa > 0):
            raise ValueError(f"kappa must be a positive, finite number, not {kappa}")
        super().__init__(latent_dim, seed, **kwargs)
        self.kappa = float(kappa)

    def build(self, hidden_shape):
        self._kl = self.exact_kl()
        super().build(hidden_shape)

    def exact_kl(self) -> float:
        """Returns the KL divergence to the prior in nats, computed in float64."""
        raise NotImplementedError(f"{type(self).__name__} has no KL divergence")

    def kl(self, posterior: tfd.Distribution):
        return tf.fill(
            posterior.batch_shape_tensor(), tf.cast(self._kl, posterior.dtype)
        )

    def get_config(self):
        config = super().get_config()
        config.update({"kappa": self.kappa})
        return config
