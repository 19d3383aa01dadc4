"""Codes on a sphere that is not the unit sphere."""

import math

import tensorflow_probability as tfp

tfd = tfp.distributions


class ScaledSphere(tfd.Distribution):
    """The distribution of `r u` for a random unit vector `u`.

    Its density is with respect to the area of the sphere of radius `r`. That of a
    `tfd.TransformedDistribution` with a scale would be with respect to volume, for some
    distributions of `u`.

    Args:
        unit: distribution of unit vectors.
        radius: float, greater than 0.
    """

    def __init__(self, unit: tfd.Distribution, radius: float):
        self.unit = unit
        self.radius = radius
        super().__init__(
            dtype=unit.dtype,
            reparameterization_type=unit.reparameterization_type,
            validate_args=False,
            allow_nan_stats=True,
            name=type(self).__name__,
        )

    def _batch_shape(self):
        return self.unit.batch_shape

    def _batch_shape_tensor(self, **kwargs):
        return self.unit.batch_shape_tensor()

    def _event_shape(self):
        return self.unit.event_shape

    def _event_shape_tensor(self, **kwargs):
        return self.unit.event_shape_tensor()

    def _sample_n(self, n, seed=None):
        return self.radius * self.unit.sample(n, seed=seed)

    def _log_prob(self, value):
        growth = (self.event_shape[0] - 1) * math.log(self.radius)
        return self.unit.log_prob(value / self.radius) - growth

    def _mean(self):
        return self.radius * self.unit.mean()
