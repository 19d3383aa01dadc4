"""A code on the unit sphere with a learned concentration."""

import math

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import VonMisesFisher
from tf_vmfvae.layers.latents.rate_floor import RateFloor
from tf_vmfvae.layers.latents.spherical_latent import SphericalLatent

tfd = tfp.distributions


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class LearnedVonMisesFisherLatent(RateFloor, SphericalLatent):
    """A code on the unit sphere: `q(z|x) = vMF(mu(x), kappa(x))`, `p(z)` uniform.

    Each example has its own concentration, so the KL can be optimised away, as a
    Gaussian's can, down to that of the floor. The KL and its gradient are exact, and
    the gradient of a sample with respect to kappa is unbiased (`VonMisesFisher`).

    With a linear map `a` of the hidden features,
    `kappa = floor + softplus(a) - softplus(a - (ceiling - floor))`: close to
    `floor + a` between floor and ceiling, and smooth at both, where clipping would
    have no gradient.

    Args:
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        kappa: float between the floor and the ceiling. Approximate concentration of
            all examples before training.
        kappa_floor: float, at least 0. The smallest concentration.
        kappa_ceiling: float. The largest concentration.
        seed: int or `None`, see `Latent`.
        free_bits: float, at least 0. Nats of KL per example that are free in training,
            as for `GaussianLatent`.
        minimum_rate: float, at least 0. Smallest average KL in nats per example in
            training, likewise.
        **kwargs: other arguments of `keras.layers.Layer`.

    Returns:
        `(z, kl)`, as every `Latent`; codes are unit vectors.

    Raises:
        ValueError: if `latent_dim` is below 2, or not
            `0 <= kappa_floor < kappa < kappa_ceiling < infinity`; if `free_bits` or
            `minimum_rate` is negative or not finite, or both are positive.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.LearnedVonMisesFisherLatent(50, kappa=80.0, seed=1)
    >>> z, kl = latent(np.zeros((2, 400), "float32"))
    >>> [round(float(value), 4) for value in kl]
    [19.5152, 19.5152]
    """

    def __init__(
        self,
        latent_dim: int,
        kappa: float = 50.0,
        kappa_floor: float = 1.0,
        kappa_ceiling: float = 1000.0,
        seed: int | None = None,
        *,
        free_bits: float = 0.0,
        minimum_rate: float = 0.0,
        **kwargs,
    ):
        if not 0 <= kappa_floor < kappa < kappa_ceiling < math.inf:
            raise ValueError(
                "kappa must lie between kappa_floor (0 or more) and kappa_ceiling "
                f"(finite), not {kappa} between {kappa_floor} and {kappa_ceiling}"
            )
        super().__init__(
            latent_dim, seed, free_bits=free_bits, minimum_rate=minimum_rate, **kwargs
        )
        self.kappa = float(kappa)
        self.kappa_floor = float(kappa_floor)
        self.kappa_ceiling = float(kappa_ceiling)
        self.concentration_map = keras.layers.Dense(
            1,
            # Small, so that all examples start from about the same concentration.
            kernel_initializer=keras.initializers.RandomNormal(
                stddev=1e-2, seed=self._seed_plus(1)
            ),
            bias_initializer=keras.initializers.Constant(self._start()),
            dtype=self.dtype_policy,
            name="concentration",
        )

    def build(self, hidden_shape):
        self.concentration_map.build(hidden_shape)
        super().build(hidden_shape)

    def concentration(self, hidden):
        """Returns each example's concentration, of shape `(batch,)`."""
        linear = tf.cast(self.concentration_map(hidden)[:, 0], self.variable_dtype)
        span = self.kappa_ceiling - self.kappa_floor
        rise = tf.math.softplus(linear) - tf.math.softplus(linear - span)
        # Rounding may take the difference of two large numbers just beyond the span.
        return self.kappa_floor + tf.clip_by_value(rise, 0.0, span)

    def posterior(self, hidden) -> tfd.Distribution:
        return VonMisesFisher(self.location(hidden), self.concentration(hidden))

    def _start(self):
        """Returns the `a` for which `concentration` is `kappa`."""
        rise = self.kappa - self.kappa_floor
        left = self.kappa_ceiling - self.kappa
        # log((e^rise - 1) / (1 - e^-left)), without the overflow.
        return rise + math.log(-math.expm1(-rise)) - math.log(-math.expm1(-left))

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "kappa": self.kappa,
                "kappa_floor": self.kappa_floor,
                "kappa_ceiling": self.kappa_ceiling,
            }
        )
        return config
