"""A learned prior on the sphere."""

import keras
import tensorflow as tf

from tf_vmfvae.distributions import VonMisesFisherMixture
from tf_vmfvae.layers.latents.learned_mixture import LearnedMixture

# The weights are this many times smaller than what they stand for, so each step of the
# optimiser moves the prior further. It needs fewer steps than the posteriors it fits.
PACE = 10.0


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class MixturePrior(LearnedMixture):
    """A learned mixture of von Mises-Fisher distributions.

    For given posteriors, the prior with the best bound is their average over the data
    (Hoffman and Johnson 2016). A mixture that is trained with the bound comes close to
    it (Tomczak and Welling 2018, where the components are posteriors; here they are
    free). Each component has its own mean direction, concentration and weight.

    The first directions are random and the components wide: with many of them, the
    mixture is almost uniform before training.

    Args:
        components: int, at least 1.
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        seed: int or `None`. Seed of the first directions; `None` for a random one.
        **kwargs: other arguments of `keras.layers.Layer`.

    Raises:
        ValueError: if `components` is below 1.

    Example:
    >>> import tf_vmfvae
    >>> prior = tf_vmfvae.layers.MixturePrior(components=2000, latent_dim=3, seed=1)
    >>> mixture = prior.distribution()
    >>> mixture.concentration.shape, round(float(mixture.concentration[0]), 4)
    (TensorShape([2000]), 1.5)
    >>> round(float(mixture.log_prob([0.0, 0.0, 1.0])), 1)  # uniform: -log(4 pi)
    -2.5
    """

    def __init__(
        self, components: int, latent_dim: int, seed: int | None = None, **kwargs
    ):
        super().__init__(components, latent_dim, seed, **kwargs)
        # Only the direction of a vector matters, and short vectors turn fast.
        short = keras.initializers.RandomNormal(
            stddev=1.0 / (PACE * latent_dim**0.5), seed=seed
        )
        self.directions = self._add_component_weight(
            "directions", latent_dim, initializer=short
        )
        self.log_spreads = self._add_component_weight("log_spreads")
        self.log_shares = self._add_component_weight("log_shares")
        self.built = True

    def distribution(self) -> VonMisesFisherMixture:
        """Returns the prior with its current weights."""
        directions = tf.math.l2_normalize(tf.convert_to_tensor(self.directions), -1)
        spreads, shares = map(tf.convert_to_tensor, (self.log_spreads, self.log_shares))
        return VonMisesFisherMixture(
            directions,
            self.latent_dim / 2 * tf.exp(-PACE * spreads),
            PACE * shares,
        )
