"""Distributions on the unit sphere, for TensorFlow Probability."""

from tf_vmfvae.distributions.power_spherical import PowerSpherical
from tf_vmfvae.distributions.projected_normal import ProjectedNormal
from tf_vmfvae.distributions.spherical_cauchy import SphericalCauchy
from tf_vmfvae.distributions.spherical_shell import SphericalShell
from tf_vmfvae.distributions.von_mises_fisher import VonMisesFisher, kl_to_uniform
from tf_vmfvae.distributions.von_mises_fisher_mixture import VonMisesFisherMixture

__all__ = [
    "PowerSpherical",
    "ProjectedNormal",
    "SphericalCauchy",
    "SphericalShell",
    "VonMisesFisher",
    "VonMisesFisherMixture",
    "kl_to_uniform",
]
