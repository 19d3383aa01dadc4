"""A prior on the sphere that is learned."""

import keras
import tensorflow as tf

from tf_vmfvae.distributions import VonMisesFisherMixture

# How much faster than their own size a step of the optimiser moves the weights: a
# prior is found in fewer steps than the posteriors that it is to fit.
PACE = 10.0


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class MixturePrior(keras.layers.Layer):
    """A mixture of von Mises-Fisher distributions, each with its share and spread.

    The prior that makes the bound of given posteriors best is their average over the
    data (Hoffman and Johnson 2016). A mixture whose weights are trained by the bound
    too comes near it (Tomczak and Welling 2018, whose components are posteriors; here
    they are free). It begins with directions at random, each component so wide that of
    many components the mixture is all but uniform.

    Args:
        components: int, at least 1.
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        seed: int or `None`. Seed of the first directions.
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
        if components < 1:
            raise ValueError(f"components is {components}: give at least 1")
        super().__init__(**kwargs)
        self.components = components
        self.latent_dim = latent_dim
        self.seed = seed
        # Of vectors the direction counts alone: short ones turn fast.
        short = keras.initializers.RandomNormal(
            stddev=1.0 / (PACE * latent_dim**0.5), seed=seed
        )
        self.directions, self.log_spreads, self.log_shares = (
            # Densities are in full precision whatever the policy.
            self.add_weight(
                shape=shape, initializer=initializer, autocast=False, name=name
            )
            for name, shape, initializer in (
                ("directions", (components, latent_dim), short),
                ("log_spreads", (components,), "zeros"),
                ("log_shares", (components,), "zeros"),
            )
        )
        self.built = True

    def distribution(self) -> VonMisesFisherMixture:
        """Returns the prior as it is now."""
        directions = tf.math.l2_normalize(tf.convert_to_tensor(self.directions), -1)
        spreads, shares = map(tf.convert_to_tensor, (self.log_spreads, self.log_shares))
        return VonMisesFisherMixture(
            directions,
            self.latent_dim / 2 * tf.exp(-PACE * spreads),
            PACE * shares,
        )

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "components": self.components,
                "latent_dim": self.latent_dim,
                "seed": self.seed,
            }
        )
        return config
