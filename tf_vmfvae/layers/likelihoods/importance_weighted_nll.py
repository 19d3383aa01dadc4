"""From nats a code to the importance-weighted nats of an example."""

from collections.abc import Callable

import keras
import tensorflow as tf


class ImportanceWeightedNLL(keras.layers.Layer):
    """What codes cost an example, by the bound of Burda et al. (2016), equation 8.

    With `w_k = p(x|z_k) p(z_k) / q(z_k|x)` it is the mean of the codes' negative
    log-likelihoods, less what the importance-weighted bound has over the mean of the
    bounds, `log mean_k w_k - mean_k log w_k`. So its sum with the KL is minus the
    former bound, in expectation; of one code, and so outside training, it is that
    code's own. Codes need not be independent of each other, mirror images will do: each
    has the posterior's law, and the logarithm is concave.

    A function is no part of a configuration, so that this layer has none: models that
    use it make it anew when they are loaded.

    Args:
        log_ratio: function from codes `(codes, batch, latent_dim)` and hidden features
            to `log q(z|x) - log p(z)`, `(codes, batch)`: a latent's
            `training_log_ratio`.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        nats: `-log p(x|z)` of each code, `(codes * batch,)`, the whole batch `codes`
            times over.
        codes: `(codes * batch, latent_dim)`.
        hidden: what the latent reads, `(batch, features)`.

    Returns:
        Nats, of shape `(batch,)`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(3, kappa=1e-6)
    >>> weigh = tf_vmfvae.layers.ImportanceWeightedNLL(latent.training_log_ratio)
    >>> hidden, z = np.ones((1, 4), "float32"), np.eye(3, dtype="float32")[:2]
    >>> _ = latent(hidden)
    >>> nats = -np.log(np.array([0.1, 0.3], "float32"))  # their mean is 0.2
    >>> round(float(np.exp(-weigh(nats, z, hidden)[0])), 3)
    0.2
    """

    def __init__(self, log_ratio: Callable, **kwargs):
        super().__init__(autocast=False, **kwargs)  # Nats and codes are in float32.
        self.log_ratio = log_ratio

    def get_config(self):
        raise NotImplementedError(
            f"{type(self).__name__} has no configuration, for log_ratio is a function: "
            "save a model that makes the layer anew, such as NVRNN"
        )

    def call(self, nats, codes, hidden):
        by_code = [-1, tf.shape(hidden)[0]]
        codes = tf.reshape(codes, [*by_code, codes.shape[-1]])
        nats = tf.reshape(nats, by_code)
        log_weights = -nats - self.log_ratio(codes, hidden)
        count = tf.cast(tf.shape(nats)[0], nats.dtype)
        bound = tf.reduce_logsumexp(log_weights, axis=0) - tf.math.log(count)
        gain = bound - tf.reduce_mean(log_weights, axis=0)
        return tf.reduce_mean(nats, axis=0) - gain

    def compute_output_spec(self, nats, codes, hidden):
        return keras.KerasTensor(hidden.shape[:1], dtype=nats.dtype)
