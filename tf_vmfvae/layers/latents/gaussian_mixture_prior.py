"""A learned prior of Gaussian codes."""

import math

import keras
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.layers.latents.learned_mixture import LearnedMixture
from tf_vmfvae.layers.latents.mixture_prior import PACE
from tf_vmfvae.layers.latents.selective_mixture import SelectiveMixture

tfd = tfp.distributions

# Standard deviations of the first means, and of the components around them. Together
# they give the variance of 1 of the standard normal prior.
SPREAD = 0.5
WIDTH = math.sqrt(1 - SPREAD**2)


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class GaussianMixturePrior(LearnedMixture):
    """A learned mixture of Gaussian distributions with diagonal covariances.

    For Gaussian codes what `MixturePrior` is for codes on the sphere (see there): each
    component has its own mean, variances and weight, all trained with the bound. The
    first means are random, and the first mixture has mean 0 and variance 1 like the
    standard normal prior.

    Evaluating the density takes one product with a matrix, as for `MixturePrior`, so
    many components cost as much as a dense layer of that many units. In float32 it is
    exact to about `1e-6 * sum((z / s)**2)` nats for a code `z` and a component with
    standard deviations `s`.

    Args:
        components: int, at least 1.
        latent_dim: int, at least 1. Dimension of the code.
        seed: int or `None`. Seed of the first means; `None` for a random one.
        **kwargs: other arguments of `keras.layers.Layer`.

    Raises:
        ValueError: if `components` is below 1.

    Example:
    >>> import tf_vmfvae
    >>> prior = tf_vmfvae.layers.GaussianMixturePrior(5000, latent_dim=1, seed=1)
    >>> round(float(prior.distribution().log_prob([0.0])), 1)  # -log(2 pi) / 2
    -0.9
    """

    def __init__(
        self, components: int, latent_dim: int, seed: int | None = None, **kwargs
    ):
        super().__init__(components, latent_dim, seed, **kwargs)
        first = keras.initializers.RandomNormal(stddev=SPREAD / PACE, seed=seed)
        self.means = self._add_component_weight("means", latent_dim, initializer=first)
        self.log_widths = self._add_component_weight("log_widths", latent_dim)
        self.log_shares = self._add_component_weight("log_shares")
        self.built = True

    def distribution(self) -> SelectiveMixture:
        """Returns the prior with its current weights."""
        means, widths, shares = (
            PACE * tf.convert_to_tensor(weight)
            for weight in (self.means, self.log_widths, self.log_shares)
        )
        return _Mixture(means, WIDTH * tf.exp(widths), shares)


class _Mixture(SelectiveMixture):
    """A mixture of Gaussian distributions.

    Args:
        means: `(components, latent_dim)`.
        widths: their standard deviations, of the same shape.
        logits: as for `SelectiveMixture`.
    """

    def __init__(self, means, widths, logits):
        super().__init__(logits, tfd.MultivariateNormalDiag, (means, widths))
        self.means = means
        self.widths = widths

    def _log_densities(self, value):
        # (z - m)^2 expanded, so that no tensor has codes, components and dimensions.
        precision = self.widths**-2
        natural = tf.concat([self.means * precision, -0.5 * precision], axis=-1)
        exponents = tf.tensordot(
            tf.concat([value, value**2], axis=-1), natural, [[-1], [-1]]
        )
        at_zero = self.components.log_prob(tf.zeros_like(self.means[0]))
        return exponents + at_zero
