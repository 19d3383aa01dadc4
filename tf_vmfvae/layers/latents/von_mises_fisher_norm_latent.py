"""A code with a noisy direction and a noisy norm."""

import math

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import SphericalShell, VonMisesFisher, kl_to_uniform
from tf_vmfvae.layers.latents.fixed_concentration_latent import FixedConcentrationLatent
from tf_vmfvae.ops.geometry import unit_vectors

tfd = tfp.distributions


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class VonMisesFisherNormLatent(FixedConcentrationLatent):
    """A code `z = r u`: a vMF direction `u` times a norm `r`.

    The latent of Guu et al. (2018), section 3.2. With a linear map `f(x)` of the hidden
    features, `u` is von Mises-Fisher around `f(x) / |f(x)|`, and `r` is uniform on
    `[m, m + norm_width]`, where `m = min(|f(x)|, norm_range - norm_width)`. Under the
    prior, `u` is uniform on the sphere and `r` on `[0, norm_range]`. The KL is a
    constant: that of a `VonMisesFisherLatent` plus `log(norm_range / norm_width)`.

    Args:
        latent_dim: int, at least 2. Dimension of the code.
        kappa: float, greater than 0. Concentration of the direction.
        norm_range: float. The largest norm.
        norm_width: float, between 0 and `norm_range`. Width of the interval of norms
            that an example's codes can have.
        seed: int or `None`, see `Latent`.
        **kwargs: other arguments of `FixedConcentrationLatent`.

    Returns:
        `(z, kl)`, as every `Latent`; the KL is constant.

    Raises:
        ValueError: if not `0 < norm_width < norm_range < infinity`; also as for
            `FixedConcentrationLatent`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherNormLatent(50, kappa=80.0, seed=1)
    >>> z, kl = latent(np.ones((1, 400), "float32"))
    >>> round(float(kl[0]), 4)  # 19.5152 + log 100
    24.1204
    """

    def __init__(
        self,
        latent_dim: int,
        kappa: float,
        norm_range: float = 10.0,
        norm_width: float = 0.1,
        seed: int | None = None,
        **kwargs,
    ):
        if not 0 < norm_width < norm_range < math.inf:
            raise ValueError(
                "norm_width must be positive and below norm_range (finite), not "
                f"{norm_width} of {norm_range}"
            )
        super().__init__(latent_dim, kappa, seed, **kwargs)
        self.norm_range = float(norm_range)
        self.norm_width = float(norm_width)

    def location(self, hidden):
        """Returns the centre of each posterior, `(batch, latent_dim)`."""
        direction, least = self._direction_and_least_norm(hidden)
        return (least + self.norm_width / 2)[:, None] * direction

    def posterior_at(self, hidden, kappa: float | tf.Tensor) -> tfd.Distribution:
        direction, least = self._direction_and_least_norm(hidden)
        vmf = VonMisesFisher(direction, kappa)
        return SphericalShell(vmf, least, least + self.norm_width)

    def prior(self) -> tfd.Distribution:
        return SphericalShell(super().prior(), 0.0, self.norm_range)

    def exact_kl(self, kappa: float) -> float:
        direction_kl = float(kl_to_uniform(self.latent_dim, kappa))
        return direction_kl + math.log(self.norm_range / self.norm_width)

    def interpolate(self, start, end, steps: int):
        """Returns `steps` codes: directions on a great circle, norms on a line."""
        norms = tf.linspace(tf.norm(start), tf.norm(end), steps)
        end = tf.math.l2_normalize(end, axis=-1)
        return norms[:, None] * super().interpolate(start, end, steps)

    @property
    def direction_weights(self):
        return []  # They give a code its norm too.

    def _direction_and_least_norm(self, hidden):
        linear = tf.cast(self.mean_direction(hidden), self.variable_dtype)
        least = tf.minimum(tf.norm(linear, axis=-1), self.norm_range - self.norm_width)
        return unit_vectors(linear), least

    def get_config(self):
        config = super().get_config()
        config.update({"norm_range": self.norm_range, "norm_width": self.norm_width})
        return config
