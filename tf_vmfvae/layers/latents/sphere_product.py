"""Codes of several unit vectors."""

import tensorflow_probability as tfp

tfd = tfp.distributions
tfb = tfp.bijectors


def sphere_product(spheres: tfd.Distribution) -> tfd.TransformedDistribution:
    """Returns one distribution of flat codes from one on each sphere.

    Args:
        spheres: distributions of unit vectors, with batch shape `(..., spheres)`.
    """
    number, sphere_dim = spheres.batch_shape[-1], spheres.event_shape[-1]
    return tfd.TransformedDistribution(
        tfd.Independent(spheres, 1),
        tfb.Reshape([number * sphere_dim], [number, sphere_dim]),
    )
