"""From the NLL of each code to an importance-weighted NLL of each example."""

from collections.abc import Callable

import keras
import tensorflow as tf

from tf_vmfvae.ops.repeated_batch import split_codes


class ImportanceWeightedNLL(keras.layers.Layer):
    """The reconstruction term of the bound of Burda et al. (2016), equation 8.

    With `w_k = p(x|z_k) p(z_k) / q(z_k|x)`, it is the mean NLL of the codes minus
    `log mean_k w_k - mean_k log w_k`, the amount by which the importance-weighted bound
    is above the mean of the single bounds. Added to the KL divergence it is therefore
    minus the importance-weighted bound, in expectation. With one code, and so outside
    training, it is that code's NLL.

    Codes need not be independent of each other, so mirror images are fine: each code
    has the posterior's distribution, and the logarithm is concave.

    The layer has no configuration, since it holds a function. A model that uses it has
    to make the layer when the model is loaded, as `NVRNN` does.

    Args:
        log_ratio: function from codes `(codes, batch, latent_dim)` and hidden features
            to `log q(z|x) - log p(z)`, `(codes, batch)`: a latent's
            `training_log_ratio`.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        nll: `-log p(x|z)` of each code, `(codes * batch,)`, the batch repeated as by
            `RepeatExamples`.
        z: codes of shape `(codes * batch, latent_dim)`.
        hidden: the features that the latent read, `(batch, features)`.

    Returns:
        Nats, of shape `(batch,)`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(3, kappa=1e-6)
    >>> weigh = tf_vmfvae.layers.ImportanceWeightedNLL(latent.training_log_ratio)
    >>> hidden, z = np.ones((1, 4), "float32"), np.eye(3, dtype="float32")[:2]
    >>> _ = latent(hidden)
    >>> nll = -np.log(np.array([0.1, 0.3], "float32"))  # their mean is 0.2
    >>> round(float(np.exp(-weigh(nll, z, hidden)[0])), 3)
    0.2
    """

    def __init__(self, log_ratio: Callable, **kwargs):
        super().__init__(autocast=False, **kwargs)  # NLLs and codes are in float32.
        self.log_ratio = log_ratio

    def get_config(self):
        raise NotImplementedError(
            f"{type(self).__name__} has no configuration, because log_ratio is a "
            "function: save a model that makes the layer when it is loaded, such as "
            "NVRNN"
        )

    def call(self, nll, z, hidden):
        batch_size = tf.shape(hidden)[0]
        nll = split_codes(nll, batch_size)
        log_weights = -nll - self.log_ratio(split_codes(z, batch_size), hidden)
        codes = tf.cast(tf.shape(nll)[0], nll.dtype)
        bound = tf.reduce_logsumexp(log_weights, axis=0) - tf.math.log(codes)
        gain = bound - tf.reduce_mean(log_weights, axis=0)
        return tf.reduce_mean(nll, axis=0) - gain

    def compute_output_spec(self, nll, z, hidden):
        return keras.KerasTensor(hidden.shape[:1], dtype=nll.dtype)
