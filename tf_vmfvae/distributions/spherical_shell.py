"""A random direction times an independent, uniform norm."""

from typing import Any

import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions.numerics.tfp_internals import (
    AutoCompositeTensorDistribution,
    assert_util,
    dtype_util,
    parameter_properties,
    reparameterization,
    samplers,
)

tfd = tfp.distributions

# A norm outside the shell by up to this many units in the last place of the outer
# radius is taken for a rounded draw.
ULPS = 64


class SphericalShell(AutoCompositeTensorDistribution):
    """The distribution of `r u`: `u` on the unit sphere, `r` uniform on `[low, high]`.

    Its density in `R^d` is `p(u) / ((high - low) r^(d - 1))` with `r = |z|` and
    `u = z / r`, and 0 outside the shell. Draws are reparameterised in `low`, in `high`,
    and in the parameters in which draws of the direction are.

    Args:
      direction: distribution over unit vectors, event shape [d].
      low: inner radius, at least 0, broadcasting against the direction's batch shape.
      high: outer radius, above `low`.
      validate_args: check the radii at run time, and raise
        `tf.errors.InvalidArgumentError`. Without it, radii that are out of order, below
        0 or NaN make every result NaN.
      allow_nan_stats: as in TensorFlow Probability.
      name: prefix of the operations' names.

    >>> uniform = tfd.SphericalUniform(3)
    >>> shell = SphericalShell(uniform, low=1.0, high=3.0)
    >>> z = shell.sample(5, seed=[1, 2])
    >>> z.shape, bool(tf.reduce_all(tf.norm(z, axis=-1) >= 1))
    (TensorShape([5, 3]), True)
    """

    def __init__(
        self,
        direction: tfd.Distribution,
        low: Any,
        high: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "SphericalShell",
    ):
        parameters = dict(locals())
        with tf.name_scope(name) as name:
            self.direction = direction
            self.low = tf.convert_to_tensor(low, direction.dtype)
            self.high = tf.convert_to_tensor(high, direction.dtype)
            super().__init__(
                dtype=direction.dtype,
                reparameterization_type=reparameterization.FULLY_REPARAMETERIZED,
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                parameters=parameters,
                name=name,
            )

    @classmethod
    def _parameter_properties(cls, dtype, num_classes=None):
        return {
            "direction": parameter_properties.BatchedComponentProperties(),
            "low": parameter_properties.ParameterProperties(),
            "high": parameter_properties.ParameterProperties(),
        }

    def _event_shape(self):
        return self.direction.event_shape

    def _event_shape_tensor(self):
        return self.direction.event_shape_tensor()

    def _parameter_control_dependencies(self, is_init):
        if not (is_init and self.validate_args):
            return []
        return [
            assert_util.assert_non_negative(
                self.low, message="`low` must be 0 or more and not NaN"
            ),
            assert_util.assert_greater(
                self.high, self.low, message="`high` must be above `low`"
            ),
        ]

    def _radii(self):
        """Returns both radii; NaN where they are invalid."""
        is_valid = (self.low >= 0) & (self.high > self.low)
        return tuple(
            tf.where(is_valid, radius, float("nan")) for radius in (self.low, self.high)
        )

    def _sample_n(self, n, seed=None):
        for_direction, for_norm = samplers.split_seed(seed, salt="spherical_shell")
        shape = tf.concat([[n], self.batch_shape_tensor()], axis=0)
        fraction = samplers.uniform(shape, dtype=self.dtype, seed=for_norm)
        low, high = self._radii()
        norm = low + (high - low) * fraction
        # Each draw has its own direction, even where only the radii have a batch shape.
        extra = self.batch_shape.rank - self.direction.batch_shape.rank
        directions = self.direction.sample(shape[: 1 + extra], seed=for_direction)
        return norm[..., None] * directions

    def _log_prob(self, z):
        low, high = self._radii()
        norm = tf.norm(z, axis=-1)
        # The density is unbounded at the centre, which no draw hits.
        norm = tf.maximum(norm, dtype_util.as_numpy_dtype(self.dtype)(1e-30))
        slack = ULPS * dtype_util.eps(self.dtype) * high
        inside = (norm >= low - slack) & (norm <= high + slack)
        shrink = (self.event_shape[0] - 1) * tf.math.log(norm)
        log_prob = self.direction.log_prob(z / norm[..., None])
        log_prob -= tf.math.log(high - low) + shrink
        outside = tf.where(low == low, float("-inf"), float("nan"))
        return tf.where(inside, log_prob, tf.cast(outside, self.dtype))

    def _mean(self):
        return self._mean_norm()[..., None] * self.direction.mean()

    def _covariance(self):
        mean = self.direction.mean()
        second = mean[..., :, None] * mean[..., None, :]
        low, high = self._radii()
        mean_square = (low**2 + low * high + high**2) / 3
        mean_square, mean_norm = (
            moment[..., None, None] for moment in (mean_square, self._mean_norm())
        )
        return (
            mean_square * (self.direction.covariance() + second) - mean_norm**2 * second
        )

    def _mean_norm(self):
        low, high = self._radii()
        return (low + high) / 2
