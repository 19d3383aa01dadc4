"""The direction of a Gaussian vector."""

import math
from typing import Any

import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions.numerics import half_line
from tf_vmfvae.distributions.numerics.normal_noise import standard_normal
from tf_vmfvae.distributions.numerics.tfp_internals import (
    AutoCompositeTensorDistribution,
    assert_util,
    parameter_properties,
    reparameterization,
    samplers,
)

tfd = tfp.distributions


class ProjectedNormal(AutoCompositeTensorDistribution):
    """The distribution of `x / |x|` for `x ~ N(loc, diag(scale_diag)^2)`.

    Unlike a von Mises-Fisher distribution it may have another spread in each
    direction. With `w = 1 / scale_diag^2`, `a = sum(w z^2)` and `b = sum(w loc z)` its
    density with respect to the area of the unit sphere is an integral along a ray,

        p(z) = (2 pi)^(-d/2) prod(w)^(1/2) exp(-sum(w loc^2) / 2)
               times the integral of r^(d - 1) exp(-a r^2 / 2 + b r) over r > 0

    (Wang and Gelfand 2013, "Directional data analysis under the general projected
    normal distribution"). It is evaluated in float64 and has exact derivatives. Draws
    are reparameterised in both parameters, and the same compiled or not. `loc = 0` and
    equal scales give the uniform distribution.

    Args:
      loc: mean of the Gaussian vector, floating tensor [B1, ..., d], static `d >= 2`.
      scale_diag: its standard deviations, of the same shape, above 0.
      validate_args: check the scales at run time, and raise
        `tf.errors.InvalidArgumentError`.
      allow_nan_stats: as in TensorFlow Probability.
      name: prefix of the operations' names.

    Raises:
      ValueError: fewer than 2 dimensions.

    >>> uniform = ProjectedNormal([0.0, 0.0, 0.0], [2.0, 2.0, 2.0])
    >>> round(float(uniform.log_prob([0.0, 0.6, 0.8])), 4)  # -log(4 pi)
    -2.531
    """

    def __init__(
        self,
        loc: Any,
        scale_diag: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "ProjectedNormal",
    ):
        parameters = dict(locals())
        with tf.name_scope(name) as name:
            self.loc = tf.convert_to_tensor(loc)
            self.scale_diag = tf.convert_to_tensor(scale_diag, self.loc.dtype)
            if (self.loc.shape[-1] or 0) < 2:
                raise ValueError(
                    "loc needs a static last axis of 2 or more, not shape "
                    f"{self.loc.shape}"
                )
            super().__init__(
                dtype=self.loc.dtype,
                reparameterization_type=reparameterization.FULLY_REPARAMETERIZED,
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                parameters=parameters,
                name=name,
            )

    @classmethod
    def _parameter_properties(cls, dtype, num_classes=None):
        return {
            "loc": parameter_properties.ParameterProperties(event_ndims=1),
            "scale_diag": parameter_properties.ParameterProperties(event_ndims=1),
        }

    def _event_shape(self):
        return self.loc.shape[-1:]

    def _event_shape_tensor(self):
        return tf.shape(self.loc)[-1:]

    def _parameter_control_dependencies(self, is_init):
        if not (is_init and self.validate_args):
            return []
        return [
            assert_util.assert_positive(
                self.scale_diag, message="`scale_diag` must be above 0 and not NaN"
            )
        ]

    def before_projection(self) -> tfd.MultivariateNormalDiag:
        """Returns the distribution of the Gaussian vector."""
        return tfd.MultivariateNormalDiag(self.loc, self.scale_diag)

    def log_ratio_to_uniform(self, z: Any) -> tf.Tensor:
        """Returns the log-density minus that of the uniform distribution.

        Args:
          z: unit vectors, broadcasting against [B1, ..., d].
        """
        loc, scale = (tf.cast(x, tf.float64) for x in (self.loc, self.scale_diag))
        mean, ray = loc / scale, tf.cast(z, tf.float64) / scale
        a = tf.reduce_sum(ray**2, axis=-1)
        nearest = tf.reduce_sum(mean * ray, axis=-1) / a
        rest = tf.reduce_sum((mean - nearest[..., None] * ray) ** 2, axis=-1)
        integral, _ = self._along_ray(a, nearest * tf.sqrt(a))
        log_ratio = integral - rest / 2 - tf.reduce_sum(tf.math.log(scale), axis=-1)
        return tf.cast(log_ratio, self.dtype)

    def sample_with_radial_kl(self, sample_shape: Any = (), seed: Any = None):
        """Returns draws, and what the length of the Gaussian vector costs for each.

        The cost is the KL divergence, in nats, from `|x|` given `x / |x| = z` to the
        length of a standard normal vector. By the chain rule its mean over draws is the
        divergence of the Gaussian vector from the standard normal distribution minus
        that of its direction from the uniform distribution.

        Args:
          sample_shape: as for `sample`.
          seed: as for `sample`, which returns the same draws.

        Returns:
          `(z, radial_kl)`, of shapes `[sample_shape, B1, ..., d]` and
          `[sample_shape, B1, ...]`.
        """
        sample_shape = tf.convert_to_tensor(sample_shape, tf.int32)
        count = tf.reduce_prod(sample_shape)
        noise, x = self._noise_and_vector(count, seed)
        z = tf.math.l2_normalize(x, axis=-1)
        # From the noise, not from z: where the scales are small, the derivatives
        # through z are differences of large numbers.
        mean = tf.cast(self.loc, tf.float64) / tf.cast(self.scale_diag, tf.float64)
        ray = mean + tf.cast(noise, tf.float64)
        square = tf.reduce_sum(ray**2, axis=-1)
        a = square / tf.reduce_sum(tf.cast(x, tf.float64) ** 2, axis=-1)
        centre = tf.reduce_sum(mean * ray, axis=-1) / tf.sqrt(square)
        integral, moments = self._along_ray(a, centre)
        kl = (moments.mean_square / a - moments.spread) / 2 - integral
        shape = tf.concat([sample_shape, tf.shape(x)[1:]], axis=0)
        kl = tf.cast(kl, self.dtype)
        return tf.reshape(z, shape), tf.reshape(kl, shape[:-1])

    @property
    def _dimension(self):
        return self.loc.shape[-1]

    def _along_ray(self, a, centre):
        """Returns the integral along a ray relative to N(0, I), and the moments there.

        Args:
          a: as in the class, in float64.
          centre: `b / sqrt(a)`.
        """
        dimension = self._dimension
        moments = half_line.moments(dimension - 1, centre)
        standard = (dimension / 2 - 1) * math.log(2.0) + math.lgamma(dimension / 2)
        integral = moments.log_integral - dimension / 2 * tf.math.log(a) - standard
        return integral, moments

    def _noise_and_vector(self, n, seed):
        seed = samplers.sanitize_seed(seed, salt="projected_normal")
        shape = tf.concat([[n], self.batch_shape_tensor()], axis=0)
        noise = standard_normal(shape, self._dimension, seed, self.dtype)
        return noise, self.loc + self.scale_diag * noise

    def _sample_n(self, n, seed=None):
        _, x = self._noise_and_vector(n, seed)
        return tf.math.l2_normalize(x, axis=-1)

    def _log_prob(self, z):
        uniform = tfd.SphericalUniform(self._dimension, dtype=self.dtype)
        return self.log_ratio_to_uniform(z) + uniform.log_prob(z)
