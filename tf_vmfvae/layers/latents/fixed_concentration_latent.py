"""What the latents of a fixed concentration have in common."""

import math

import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.layers.latents.spherical_latent import SphericalLatent

tfd = tfp.distributions


class FixedConcentrationLatent(SphericalLatent):
    """A spherical code whose concentration, and so its KL, is a constant.

    A subclass says in `posterior_at` how the codes lie and in `exact_kl` what they
    cost; the latter is called when the layer is built and whenever
    `set_sampling_concentration` changes the concentration of training.

    Args:
        latent_dim: int, at least 2. Dimension of the space that holds the sphere.
        kappa: float, greater than 0. Concentration of the posterior.
        seed: int or `None`. Seed of the noise.
        training_kappa: float, greater than 0, or `None` for `kappa`. Concentration of
            the codes drawn in training. With a larger one the decoder learns sooner
            what the codes say; where the encoder reads sentences that it has not seen
            it is less sure than in training, and a smaller one makes the better bound.
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
        _check("kappa", kappa)
        if training_kappa is not None:
            _check("training_kappa", training_kappa)
        super().__init__(latent_dim, seed, **kwargs)
        self.kappa = float(kappa)
        self.training_kappa = None if training_kappa is None else float(training_kappa)

    def build(self, hidden_shape):
        self._kl = self.exact_kl(self.kappa)
        # No weights of the layer: what moves them sets them whenever training goes on.
        drawn = self.training_kappa or self.kappa
        with tf.init_scope():
            self._drawn_kappa, self._drawn_kl = (
                tf.Variable(value, trainable=False, dtype=self.variable_dtype)
                for value in (drawn, self.exact_kl(drawn))
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
        _check("kappa", kappa)
        self._drawn_kappa.assign(kappa)
        self._drawn_kl.assign(self.exact_kl(kappa))

    def posterior_at(self, hidden, kappa: float | tf.Tensor) -> tfd.Distribution:
        """Returns the posterior of this concentration, a number or a scalar tensor."""
        raise NotImplementedError(f"{type(self).__name__} has no posterior_at")

    def exact_kl(self, kappa: float) -> float:
        """Returns the KL divergence to the prior in nats, computed in float64."""
        raise NotImplementedError(f"{type(self).__name__} has no exact_kl")

    def posterior(self, hidden) -> tfd.Distribution:
        return self.posterior_at(hidden, self.kappa)

    def training_posterior(self, hidden) -> tfd.Distribution:
        return self.posterior_at(hidden, tf.convert_to_tensor(self._drawn_kappa))

    def kl(self, posterior: tfd.Distribution):
        return _repeated(self._kl, posterior)

    def training_kl(self, posterior: tfd.Distribution):
        return _repeated(tf.convert_to_tensor(self._drawn_kl), posterior)

    def get_config(self):
        config = super().get_config()
        config.update({"kappa": self.kappa, "training_kappa": self.training_kappa})
        return config


def _check(name, kappa):
    if not (math.isfinite(kappa) and kappa > 0):
        raise ValueError(f"{name} must be a positive, finite number, not {kappa}")


def _repeated(kl, posterior):
    """A constant for each example."""
    return tf.fill(posterior.batch_shape_tensor(), tf.cast(kl, posterior.dtype))
