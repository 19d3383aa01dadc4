"""What distributions that are symmetric about a mean direction have in common."""

import math
from typing import Any

import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import argument_checks
from tf_vmfvae.distributions.numerics import bessel, tangent_normal
from tf_vmfvae.distributions.numerics.quantile_table import Family
from tf_vmfvae.distributions.numerics.tfp_internals import (
    prefer_static,
    reparameterization,
    samplers,
)

tfd = tfp.distributions


class RotationallySymmetric:
    """Base of the distributions on the sphere with a mean direction and concentration.

    A mixin: list it before the class of TensorFlow Probability whose methods it
    replaces. A subclass sets the two class attributes and defines the log-density and
    the methods below that raise `NotImplementedError`. One whose draws do not come from
    a table of quantiles defines `_draw` instead of `_family`.

    Args:
      mean_direction: unit vectors, floating tensor [B1, ..., d] with static `d >= 2`.
      concentration: `kappa >= 0`, broadcasting against [B1, ...].
      validate_args: check the values of the parameters at run time, and raise
        `tf.errors.InvalidArgumentError`. Without it, invalid parameters (a mean
        direction whose norm differs from 1 by more than 1e-4, a negative or NaN
        concentration) make every result NaN. XLA removes run-time checks.
      allow_nan_stats: as in TensorFlow Probability.
      name: prefix of the operations' names; the class's name by default.

    Raises:
      ValueError: an integer dtype, fewer than 2 dimensions, or shapes that do not
        broadcast.
    """

    # The family that `w = mu'z` belongs to, and a salt for the seeds of its noise.
    _family: Family
    _salt: str
    # What the concentration must be below, if it must.
    _concentration_limit: float | None = None

    def __init__(
        self,
        mean_direction: Any,
        concentration: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str | None = None,
    ):
        argument_checks.check_static(mean_direction, concentration, validate_args)
        # A concentration that is one known number gets a table of its own.
        self._fixed_concentration = argument_checks.fixed_number(concentration)
        name = name or type(self).__name__
        super().__init__(
            mean_direction,
            concentration,
            validate_args=validate_args,
            allow_nan_stats=allow_nan_stats,
            name=name,
        )
        # What `copy` and composite tensors start from: as given, not as converted.
        self._parameters = self._no_dependency(
            {
                "mean_direction": mean_direction,
                "concentration": concentration,
                "validate_args": validate_args,
                "allow_nan_stats": allow_nan_stats,
                "name": name,
            }
        )
        self._reparameterization_type = reparameterization.FULLY_REPARAMETERIZED

    def _wide_mean_resultant_length(self) -> tf.Tensor:
        """Returns E[w], a float64 tensor of the concentration's shape."""
        raise NotImplementedError(f"{type(self).__name__} has no mean")

    def _wide_mean_deficit(self) -> tf.Tensor:
        """Returns 1 - E[w] without cancellation, in float64 likewise."""
        raise NotImplementedError(f"{type(self).__name__} has no mean")

    def _wide_kl_to_uniform(self) -> tf.Tensor:
        """Returns the KL to the uniform distribution in nats, in float64 likewise."""
        raise NotImplementedError(f"{type(self).__name__} has no KL")

    def _principal_variances(self) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the variances along the mean direction and across it, in float64."""
        raise NotImplementedError(f"{type(self).__name__} has no variance")

    @classmethod
    def _estimate(
        cls, samples: tf.Tensor, weights: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """Returns the mean direction and concentration of the highest likelihood.

        Args:
          samples: float64 unit vectors [n, B, d].
          weights: float64 [n, B], non-negative, not all zero.

        Returns:
          float64 tensors [B, d] and [B].
        """
        raise NotImplementedError(f"{cls.__name__} has no fit")

    @classmethod
    def _fit(cls, samples, sample_ndims, validate_args, weights):
        """Checks the samples as the public `fit` promises, and fits."""
        samples = tf.convert_to_tensor(samples)
        argument_checks.check_samples(samples, sample_ndims)
        if weights is not None:
            weights = tf.cast(tf.convert_to_tensor(weights), tf.float64)
            argument_checks.check_weights(weights, samples, sample_ndims)
        if validate_args:
            checks = [argument_checks.assert_unit("samples", samples)]
            if weights is not None:
                checks.append(argument_checks.assert_weights(weights, sample_ndims))
            with tf.control_dependencies(checks):
                samples = tf.identity(samples)
        return cls(
            **cls._maximum_likelihood_parameters(samples, sample_ndims, weights),
            validate_args=validate_args,
        )

    @classmethod
    def _maximum_likelihood_parameters(cls, value, sample_ndims=1, weights=None):
        # TFP's `experimental_fit` calls this, hence the checks again.
        value = tf.convert_to_tensor(value)
        argument_checks.check_samples(value, sample_ndims)
        wide = tf.cast(tangent_normal.unit_or_nan(value), tf.float64)
        shape, size = tf.shape(value), value.shape[-1]
        count = tf.reduce_prod(shape[:sample_ndims])
        fits = tf.reduce_prod(shape[sample_ndims:-1])
        weights = tf.ones([count, 1], tf.float64) if weights is None else weights
        weights = tf.reshape(weights, [count, -1])
        total = tf.reduce_sum(weights, axis=0)
        valid = tf.reduce_all(weights >= 0, axis=0) & (total > 0)
        total = tf.where(valid, total, tf.constant(math.nan, tf.float64))
        mean_direction, concentration = cls._estimate(
            tf.reshape(wide, [count, fits, size]),
            tf.broadcast_to(weights, [count, fits]),
        )
        # NaN for bad weights, and for no samples, whose number is known only now.
        mean_direction += 0 * total[:, tf.newaxis]
        concentration += 0 * total
        return {
            "mean_direction": _shaped(mean_direction, value, shape[sample_ndims:]),
            "concentration": _shaped(concentration, value, shape[sample_ndims:-1]),
        }

    def mean_resultant_length(self) -> tf.Tensor:
        """Returns the length of the mean, in [0, 1], for each member of the batch."""
        return self._narrow(self._wide_mean_resultant_length())

    @property
    def _dimension(self) -> int:
        """The size of the last axis, which must be known when a graph is built."""
        size = self.event_shape[-1]
        if size is None:
            raise ValueError(
                "mean_direction must have a static last dimension; set it with "
                "tf.ensure_shape"
            )
        return size

    @property
    def _log_area(self) -> float:
        """Logarithm of the area of the sphere."""
        return bessel.log_sphere_area(self._dimension)

    def _wide_concentration(self) -> tf.Tensor:
        """Returns the concentration in float64; NaN where it is invalid."""
        kappa = tf.cast(tf.convert_to_tensor(self.concentration), tf.float64)
        valid = kappa >= 0
        if self._concentration_limit is not None:
            valid &= kappa < self._concentration_limit
        return tf.where(valid, kappa, tf.constant(math.nan, tf.float64))

    def _unit(self) -> tf.Tensor:
        """Returns the mean direction, normalised; NaN where it is not a unit vector."""
        return tangent_normal.unit_or_nan(tf.convert_to_tensor(self.mean_direction))

    def _wide_unit(self) -> tf.Tensor:
        """Does the same in float64, where the rounding of the vector has no effect."""
        return tangent_normal.unit_or_nan(
            tf.cast(tf.convert_to_tensor(self.mean_direction), tf.float64)
        )

    def _narrow(self, value: tf.Tensor) -> tf.Tensor:
        """Casts a float64 statistic to the batch's shape and dtype."""
        first = self._unit()[..., 0]
        return tf.where(tf.math.is_nan(first), first, tf.cast(value, self.dtype))

    def _draw(self) -> tangent_normal.Draw:
        """Returns how to draw about the first basis vector."""
        concentration = tf.convert_to_tensor(self.concentration)
        return tangent_normal.by_quantiles(
            self._family, self._dimension, concentration, self._fixed_concentration
        )

    def _sample_n(self, n, seed=None):
        return tangent_normal.sample(
            self._draw(),
            self._dimension,
            tf.convert_to_tensor(self.mean_direction),
            prefer_static.shape(self.concentration),
            n,
            samplers.sanitize_seed(seed, salt=self._salt),
        )

    def _mean(self):
        return self.mean_resultant_length()[..., tf.newaxis] * self._unit()

    def _mode(self):
        concentration = tf.convert_to_tensor(self.concentration)
        return self.mean_direction + tf.zeros_like(concentration)[..., tf.newaxis]

    def _covariance(self):
        along, across = self._principal_variances()
        unit = self._unit()
        outer = unit[..., :, tf.newaxis] * unit[..., tf.newaxis, :]
        eye = tf.eye(self._dimension, dtype=unit.dtype)
        across, along = (
            tf.cast(v, unit.dtype)[..., tf.newaxis, tf.newaxis] for v in (across, along)
        )
        return across * (eye - outer) + along * outer

    def _variance(self):
        along, across = self._principal_variances()
        square = self._unit() ** 2
        along, across = (
            tf.cast(v, square.dtype)[..., tf.newaxis] for v in (along, across)
        )
        return across * (1 - square) + along * square

    def _entropy(self):
        return self._narrow(self._log_area - self._wide_kl_to_uniform())

    def _parameter_control_dependencies(self, is_init):
        return argument_checks.assertions(self, is_init)


def _shaped(estimate: tf.Tensor, samples: tf.Tensor, shape: tf.Tensor) -> tf.Tensor:
    """Gives an estimate the samples' dtype and the shape of the batch of fits."""
    return tf.cast(tf.reshape(estimate, shape), samples.dtype)


def check_same_sphere(a: Any, b: Any) -> None:
    """Raises a ValueError unless two distributions have the same dimension."""
    if a.event_shape[-1] != b.event_shape[-1]:
        raise ValueError(
            "the KL divergence needs two distributions on one sphere, got dimensions "
            f"{a.event_shape[-1]} and {b.event_shape[-1]}"
        )


def kl_to_spherical_uniform(
    a: RotationallySymmetric, b: tfd.SphericalUniform, name: str | None = None
) -> tf.Tensor:
    """KL divergence to the uniform distribution, in nats, of the joint batch shape.

    What `tfd.kl_divergence` calls once a subclass is registered with it.
    """
    with tf.name_scope(name or f"kl_{a.name}_spherical_uniform"):
        check_same_sphere(a, b)
        kl = a._narrow(a._wide_kl_to_uniform())
        shape = prefer_static.broadcast_shape(
            prefer_static.shape(kl), b.batch_shape_tensor()
        )
        return tf.broadcast_to(kl, shape)


def turn(a: RotationallySymmetric, b: RotationallySymmetric) -> tf.Tensor:
    """Returns 1 minus the cosine between two mean directions, in float64."""
    return tf.reduce_sum((a._wide_unit() - b._wide_unit()) ** 2, axis=-1) / 2
