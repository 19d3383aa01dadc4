"""A batch on its way through a model."""

import functools

import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.ops.repeated_batch import repeat_batch

tfd = tfp.distributions


class ForwardPass:
    """Encodes a batch, samples codes and decodes them, outside training.

    Every bound in this package is built from these parts.

    Args:
        model: a `tf_vmfvae.models.VAE`.
        inputs: a batch, as the model takes it.
        hidden: features for the latent to read, of shape `(batch, features)`; by
            default the encoder's output for `inputs`.

    Attributes:
        hidden: the features that the latent reads.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(8, kappa=20.0, seed=1)
    >>> model = tf_vmfvae.models.NVRNN(["profit", "rose"], latent, hidden_dim=8)
    >>> ids = model.tokenizer(["profit rose", "rose"]).to_tensor()
    >>> forward = tf_vmfvae.evaluation.ForwardPass(model, ids)
    >>> z = forward.sample(5, seed=(1, 2))
    >>> z.shape, forward.reconstruction(z).shape, forward.kl().shape
    (TensorShape([5, 2, 8]), TensorShape([5, 2]), TensorShape([2]))
    """

    def __init__(self, model, inputs, hidden=None):
        self._model = model
        self._inputs = inputs
        self.hidden = (
            model.encoder(inputs, training=False) if hidden is None else hidden
        )

    @functools.cached_property
    def posterior(self) -> tfd.Distribution:
        """The distribution `q(z|x)`, with batch shape `(batch,)`."""
        return self._model.latent.posterior(self.hidden)

    def kl(self):
        """Returns `KL(q(z|x) || p(z))` in nats, of shape `(batch,)`."""
        return self._model.latent.kl(self.posterior)

    def sample(self, count, seed):
        """Returns codes from the posterior, of shape `(count, batch, latent_dim)`.

        Args:
            count: int or scalar tensor. Number of codes per example.
            seed: stateless seed, two integers.
        """
        return self.posterior.sample(count, seed=seed)

    def reconstruction(self, z):
        """Returns `-log p(x|z)` in nats, of shape `(batch,)` or `(count, batch)`.

        Args:
            z: codes of shape `(batch, latent_dim)` or `(count, batch, latent_dim)`.
                Each is decoded by itself: codes are never averaged.
        """
        if z.shape.rank == 2:
            return self._model.likelihood([self._inputs, z], training=False)
        copies = repeat_batch(self._inputs, tf.shape(z)[0])
        flat = tf.reshape(z, [-1, z.shape[-1]])
        nll = self._model.likelihood([copies, flat], training=False)
        return tf.reshape(nll, tf.shape(z)[:2])

    def log_ratio(self, z):
        """Returns `log q(z|x) - log p(z)`, of shape `(..., batch)`.

        Args:
            z: codes of shape `(..., batch, latent_dim)`.
        """
        return self.posterior.log_prob(z) - self._model.latent.prior().log_prob(z)
