"""The power spherical distribution, exact and without a rejection loop."""

import math
from typing import Any

import tensorflow as tf
import tensorflow_probability as tfp
from tensorflow_probability.python.internal import (
    prefer_static,
    reparameterization,
    samplers,
)

from tf_vmfvae.distributions import arguments, bessel, gamma_ratio, tangent_normal
from tf_vmfvae.distributions.quantile_table import POWER_SPHERICAL
from tf_vmfvae.distributions.von_mises_fisher import VonMisesFisher

tfd = tfp.distributions


class PowerSpherical(tfd.PowerSpherical):
    """The power spherical distribution (De Cao and Aziz 2020) in `R^d`.

    Its density is proportional to `(1 + mu'z)^kappa`: uniform at `kappa = 0`, and of
    a shape close to von Mises and Fisher's with closed forms instead of Bessel
    functions. A `tfd.PowerSpherical` that keeps the promises of `VonMisesFisher`:
    statistics to the last digits of the dtype, draws by inversion that compile under
    XLA and are reparameterised in both parameters, the same for one seed compiled or
    not, and NaN for parameters that are none.

    Args:
      mean_direction: unit vectors, floating tensor [B1, ..., d] with static `d >= 2`.
      concentration: `kappa >= 0`, broadcasting against [B1, ...].
      validate_args: check the values of the parameters at run time.
      allow_nan_stats: as in TensorFlow Probability.
      name: prefix of the operations' names.

    Raises:
      ValueError: an integer dtype, fewer than 2 dimensions, or shapes that do not
        broadcast.

    >>> law = PowerSpherical([0.0, 0.0, 1.0], concentration=1.0)
    >>> round(float(law.kl_divergence(tfd.SphericalUniform(3))), 6)
    0.193147
    >>> law.sample(5, seed=[1, 2]).shape
    TensorShape([5, 3])
    """

    def __init__(
        self,
        mean_direction: Any,
        concentration: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "PowerSpherical",
    ):
        parameters = dict(locals())
        arguments.check_static(mean_direction, concentration, validate_args)
        self._fixed_concentration = arguments.fixed_number(concentration)
        super().__init__(
            mean_direction,
            concentration,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            name=name,
        )
        self._parameters = self._no_dependency(parameters)
        self._reparameterization_type = reparameterization.FULLY_REPARAMETERIZED

    @classmethod
    def _parameter_properties(cls, dtype, num_classes=None):
        return super()._parameter_properties(dtype, num_classes)

    def _sample_n(self, n, seed=None):
        return tangent_normal.sample(
            POWER_SPHERICAL,
            self,
            n,
            samplers.sanitize_seed(seed, salt="power_spherical"),
        )

    def _log_prob(self, x):
        # log(1 + mu'x) = log 2 + log(1 - |x - mu|^2 / 4), exact near the mode.
        unit = tangent_normal.unit_or_nan(tf.convert_to_tensor(self.mean_direction))
        square = tf.reduce_sum((x - unit) ** 2, axis=-1)
        kappa = arguments.wide_concentration(self)
        log_share = tf.math.log1p(-tf.cast(square, tf.float64) / 4)
        dimension = arguments.static_dimension(self)
        shift = gamma_ratio.kl_to_uniform(dimension, kappa)
        shift += kappa * gamma_ratio.digamma_gap(dimension, kappa)
        area = bessel.log_sphere_area(dimension)
        exponent = tf.math.multiply_no_nan(log_share, kappa)
        return tf.cast(exponent + shift - area, self.dtype)

    def _log_normalization(self, concentration=None, mean_direction=None):
        dimension = arguments.static_dimension(self)
        kappa = arguments.wide_concentration(self)
        if concentration is not None:
            kappa = tf.cast(concentration, tf.float64)
        shift = gamma_ratio.kl_to_uniform(dimension, kappa)
        shift += kappa * gamma_ratio.digamma_gap(dimension, kappa)
        area = bessel.log_sphere_area(dimension)
        return tf.cast(area + kappa * math.log(2) - shift, self.dtype)

    def mean_resultant_length(self) -> tf.Tensor:
        """Length of the mean, `kappa / (kappa + d - 1)`, for each law of the batch.

        >>> float(PowerSpherical([0.0, 1.0, 0.0], 2.0).mean_resultant_length())
        0.5
        """
        kappa = arguments.wide_concentration(self)
        rate = arguments.static_dimension(self) - 1.0
        return tangent_normal.narrow(self, kappa / (kappa + rate))

    def _mean(self):
        unit = tangent_normal.unit_or_nan(tf.convert_to_tensor(self.mean_direction))
        return self.mean_resultant_length()[..., tf.newaxis] * unit

    def _mode(self):
        concentration = tf.convert_to_tensor(self.concentration)
        return self.mean_direction + tf.zeros_like(concentration)[..., tf.newaxis]

    def _covariance(self):
        return tangent_normal.covariance(self, *self._principal_variances())

    def _variance(self):
        return tangent_normal.variance(self, *self._principal_variances())

    def _principal_variances(self):
        """Variance along the mean direction and along any one orthogonal to it."""
        kappa = arguments.wide_concentration(self)
        rate = arguments.static_dimension(self) - 1.0
        across = (2 * kappa + rate) / ((kappa + rate) * (kappa + rate + 1))
        return across * rate / (kappa + rate), across

    def _entropy(self):
        dimension = arguments.static_dimension(self)
        kl = gamma_ratio.kl_to_uniform(dimension, arguments.wide_concentration(self))
        return tangent_normal.narrow(self, bessel.log_sphere_area(dimension) - kl)

    def _parameter_control_dependencies(self, is_init):
        return arguments.assertions(self, is_init)


@tfd.RegisterKL(PowerSpherical, tfd.SphericalUniform)
def _kl_to_spherical_uniform(a, b, name=None):
    """KL divergence to the uniform law, from differences of log Gamma."""
    with tf.name_scope(name or "kl_power_spherical_spherical_uniform"):
        arguments.check_same_sphere(a, b)
        kappa = arguments.wide_concentration(a)
        kl = gamma_ratio.kl_to_uniform(arguments.static_dimension(a), kappa)
        kl = tangent_normal.narrow(a, kl)
        shape = prefer_static.broadcast_shape(
            prefer_static.shape(kl), b.batch_shape_tensor()
        )
        return tf.broadcast_to(kl, shape)


@tfd.RegisterKL(PowerSpherical, VonMisesFisher)
def _kl_to_von_mises_fisher(a, b, name=None):
    """KL divergence to a von Mises-Fisher law.

    The divergence of `a` to the uniform law, less that law's gain under `b`:
    kappa_b E_a[mu_b'z] - M(kappa_b).
    """
    with tf.name_scope(name or "kl_power_spherical_von_mises_fisher"):
        arguments.check_same_sphere(a, b)
        dimension = arguments.static_dimension(a)
        first, second = arguments.wide_concentration(a), arguments.wide_concentration(b)
        one, two = (
            tangent_normal.unit_or_nan(
                tf.cast(tf.convert_to_tensor(law.mean_direction), tf.float64)
            )
            for law in (a, b)
        )
        turned = tf.reduce_sum((one - two) ** 2, axis=-1) / 2
        moments = bessel.moments(dimension, second)
        length = first / (first + dimension - 1)
        # M(k) - k E[w] = k (1 - E[w]) - (k - M): small beside k where both laws are
        # narrow.
        kl = gamma_ratio.kl_to_uniform(dimension, first)
        lost = second * ((dimension - 1) / (first + dimension - 1) + length * turned)
        return tf.cast(kl + lost - moments.log_partition_deficit, a.dtype)
