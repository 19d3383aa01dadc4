"""A prior on the sphere that is what the posteriors add up to."""

import keras
import numpy as np
import scipy.optimize
import tensorflow as tf

from tf_vmfvae.distributions import VonMisesFisherMixture


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class AggregatePrior(keras.layers.Layer):
    """A mixture of von Mises-Fisher distributions about the codes of training.

    The prior that makes the bound of given posteriors best is their average over the
    data (Hoffman and Johnson 2016; Tomczak and Welling 2018). This is that average
    over examples of the training part, with a concentration of its own: what
    unseen codes ask for is smoother than the posteriors are. Until `learn` has been
    called it is uniform.

    Args:
        components: int, at least 1. How many examples it is made of.
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        **kwargs: other arguments of `keras.layers.Layer`.

    Raises:
        ValueError: if `components` is below 1.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> prior = tf_vmfvae.layers.AggregatePrior(components=2, latent_dim=3)
    >>> round(float(prior.distribution().log_prob([0.0, 0.0, 1.0])), 4)  # 1 / (4 pi)
    -2.531
    >>> poles = np.array([[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]], "float32")
    >>> prior.learn(poles, codes=poles) > 1
    True
    """

    def __init__(self, components: int, latent_dim: int, **kwargs):
        if components < 1:
            raise ValueError(f"components is {components}: give at least 1")
        super().__init__(trainable=False, **kwargs)
        self.components = components
        self.latent_dim = latent_dim
        self.directions = self.add_weight(
            shape=(components, latent_dim),
            # Unit vectors, whichever.
            initializer=lambda shape, dtype: tf.one_hot(
                tf.zeros([shape[0]], tf.int32), shape[1], dtype=dtype
            ),
            trainable=False,
            autocast=False,
            name="directions",
        )
        self.concentration = self.add_weight(
            shape=(),
            initializer="zeros",
            trainable=False,
            autocast=False,
            name="concentration",
        )
        self.built = True

    def distribution(self) -> VonMisesFisherMixture:
        """Returns the prior as it is now."""
        return VonMisesFisherMixture(
            tf.convert_to_tensor(self.directions),
            tf.convert_to_tensor(self.concentration),
        )

    def learn(self, directions, codes, seed: int = 0) -> float:
        """Becomes the mixture about `directions` under which `codes` are likeliest.

        Args:
            directions: mean directions of the posteriors of the training part, unit
                vectors `(examples, latent_dim)`. Of more than `components` so many
                are drawn; fewer are repeated.
            codes: samples of posteriors that are no components, of the validation
                part, `(codes, latent_dim)`: the concentration is chosen by them.
            seed: int. Seed of what is drawn.

        Returns:
            What it takes off the KL of such posteriors to the uniform distribution,
            in nats.

        Raises:
            ValueError: if there is no direction or no code.
        """
        directions, codes = np.asarray(directions), tf.convert_to_tensor(codes)
        if not len(directions) or not codes.shape[0]:
            raise ValueError("there is no direction or no code to learn a prior from")
        order = np.random.default_rng(seed).permutation(len(directions))
        self.directions.assign(directions[np.resize(order, self.components)])

        @tf.function(reduce_retracing=True)
        def mean_log_prob(log_concentration):
            prior = VonMisesFisherMixture(
                tf.convert_to_tensor(self.directions), tf.exp(log_concentration)
            )
            return tf.reduce_mean(prior.log_prob(codes))

        best = scipy.optimize.minimize_scalar(
            lambda x: -float(mean_log_prob(tf.constant(x, codes.dtype))),
            # As good as uniform, and as good as points.
            bounds=(-7.0, 10.0),
            method="bounded",
            options={"xatol": 0.01},
        )
        self.concentration.assign(np.exp(best.x))
        uniform = float(mean_log_prob(tf.constant(-np.inf, codes.dtype)))
        return float(-best.fun - uniform)

    def get_config(self):
        config = super().get_config()
        config.update({"components": self.components, "latent_dim": self.latent_dim})
        # It is not the user's to choose.
        del config["trainable"]
        return config
