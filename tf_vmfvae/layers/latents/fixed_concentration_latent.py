"""The base of the latents with a fixed concentration."""

import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.layers.argument_checks import positive
from tf_vmfvae.layers.latents.spherical_latent import SphericalLatent

tfd = tfp.distributions


class FixedConcentrationLatent(SphericalLatent):
    """A spherical code with a constant concentration, and so a constant KL.

    A subclass defines the distribution of its codes in `posterior_at` and the KL
    divergence in `exact_kl`, which is called when the layer is built and whenever
    `set_sampling_concentration` is.

    Args:
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        kappa: float, greater than 0. Concentration of the posterior.
        seed: int or `None`, see `Latent`.
        training_kappa: float, greater than 0, or `None` for `kappa`. Concentration that
            training samples codes with. A large one teaches the decoder sooner to use
            the code. A smaller `kappa` then gives better bounds on new sentences, for
            which the encoder is less certain than for those it was trained on.
        **kwargs: other arguments of `keras.layers.Layer`.

    Raises:
        ValueError: if `latent_dim` is below 2, or a kappa is not a positive, finite
            number.
    """

    def __init__(
        self,
        latent_dim: int,
        kappa: float,
        seed: int | None = None,
        training_kappa: float | None = None,
        **kwargs,
    ):
        super().__init__(latent_dim, seed, **kwargs)
        self.kappa = positive("kappa", kappa)
        self.training_kappa = None
        if training_kappa is not None:
            self.training_kappa = positive("training_kappa", training_kappa)

    def build(self, hidden_shape):
        self._kl = self.exact_kl(self.kappa)
        # These are not weights, so they are not saved: a schedule that changes them
        # does so again when training is resumed.
        kappa = self.training_kappa or self.kappa
        with tf.init_scope():
            self._sampling_kappa, self._sampling_kl = (
                tf.Variable(value, trainable=False, dtype=self.variable_dtype)
                for value in (kappa, self.exact_kl(kappa))
            )
        super().build(hidden_shape)

    def set_sampling_concentration(self, kappa: float) -> None:
        """Sets the concentration that training samples codes with from now on.

        The layer must be built. The value is not saved: a model that is saved and
        loaded samples with `training_kappa` again.

        Args:
            kappa: float, greater than 0. Replaces `training_kappa`.

        Raises:
            ValueError: if `kappa` is not a positive, finite number.
        """
        self._sampling_kappa.assign(positive("kappa", kappa))
        self._sampling_kl.assign(self.exact_kl(kappa))

    def posterior_at(self, hidden, kappa: float | tf.Tensor) -> tfd.Distribution:
        """Returns the posterior with the concentration `kappa`."""
        raise NotImplementedError(f"{type(self).__name__} has no posterior_at")

    def exact_kl(self, kappa: float) -> float:
        """Returns the KL divergence to the prior in nats, computed in float64."""
        raise NotImplementedError(f"{type(self).__name__} has no exact_kl")

    def posterior(self, hidden) -> tfd.Distribution:
        return self.posterior_at(hidden, self.kappa)

    def training_posterior(self, hidden) -> tfd.Distribution:
        return self.posterior_at(hidden, tf.convert_to_tensor(self._sampling_kappa))

    def kl(self, posterior: tfd.Distribution):
        return _for_each_example(self._kl, posterior)

    def training_kl(self, posterior: tfd.Distribution):
        return _for_each_example(tf.convert_to_tensor(self._sampling_kl), posterior)

    def get_config(self):
        config = super().get_config()
        config.update({"kappa": self.kappa, "training_kappa": self.training_kappa})
        return config


def _for_each_example(kl, posterior):
    return tf.fill(posterior.batch_shape_tensor(), tf.cast(kl, posterior.dtype))
