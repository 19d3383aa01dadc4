"""A mean direction and a concentration, as TensorFlow Probability keeps parameters."""

from typing import Any

import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import argument_checks
from tf_vmfvae.distributions.numerics.tfp_internals import (
    AutoCompositeTensorDistribution,
    dtype_util,
    parameter_properties,
    reparameterization,
    tensor_util,
)

tfb = tfp.bijectors


class DirectionalParameters(AutoCompositeTensorDistribution):
    """What TensorFlow Probability's own distributions on the sphere have in common.

    For a `RotationallySymmetric` distribution that TensorFlow Probability does not
    have, with a concentration in [0, 1): the class that the mixin is listed before.

    Args:
      mean_direction: unit vectors, floating tensor [B1, ..., d].
      concentration: floating tensor that broadcasts against [B1, ...].
      validate_args: check the values of parameters and samples at run time.
      allow_nan_stats: as in TensorFlow Probability.
      name: prefix of the operations' names.
    """

    def __init__(
        self,
        mean_direction: Any,
        concentration: Any,
        validate_args: bool,
        allow_nan_stats: bool,
        name: str,
    ):
        with tf.name_scope(name) as name:
            dtype = dtype_util.common_dtype([mean_direction, concentration], tf.float32)
            self._mean_direction, self._concentration = (
                tensor_util.convert_nonref_to_tensor(value, dtype=dtype, name=part)
                for part, value in (
                    ("mean_direction", mean_direction),
                    ("concentration", concentration),
                )
            )
            super().__init__(
                dtype=dtype,
                reparameterization_type=reparameterization.FULLY_REPARAMETERIZED,
                validate_args=validate_args,
                allow_nan_stats=allow_nan_stats,
                name=name,
            )

    @classmethod
    def _parameter_properties(cls, dtype, num_classes=None):
        return {
            "mean_direction": parameter_properties.ParameterProperties(
                event_ndims=1,
                default_constraining_bijector_fn=(
                    parameter_properties.BIJECTOR_NOT_IMPLEMENTED
                ),
            ),
            "concentration": parameter_properties.ParameterProperties(
                shape_fn=lambda sample_shape: sample_shape[:-1],
                default_constraining_bijector_fn=tfb.Sigmoid,
            ),
        }

    @property
    def mean_direction(self) -> tf.Tensor:
        """The mean directions, as given."""
        return self._mean_direction

    @property
    def concentration(self) -> tf.Tensor:
        """The concentrations, as given."""
        return self._concentration

    def _event_shape(self):
        return self.mean_direction.shape[-1:].with_rank(1)

    def _event_shape_tensor(self, mean_direction=None):
        vectors = self.mean_direction if mean_direction is None else mean_direction
        return tf.shape(vectors)[-1:]

    def _default_event_space_bijector(self):
        # As for `tfd.SphericalUniform`: a point by its coordinates' squares.
        return tfb.Chain([tfb.Invert(tfb.Square()), tfb.SoftmaxCentered()])

    def _sample_control_dependencies(self, samples):
        size = self.event_shape[-1]
        if not samples.shape[-1:].is_compatible_with([size]):
            raise ValueError(
                f"samples must have {size} coordinates, as mean_direction has, not "
                f"{samples.shape[-1]}"
            )
        if not self.validate_args:
            return []
        return [argument_checks.assert_unit("samples", samples)]
