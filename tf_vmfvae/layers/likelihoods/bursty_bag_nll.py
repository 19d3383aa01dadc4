"""The loss of a bag of words that come in bursts."""

import math

import keras
import tensorflow as tf

from tf_vmfvae.layers.likelihoods.repeat_examples import repeat_batch


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class BurstyBagNLL(keras.layers.Layer):
    """Minus the log-likelihood of a bag whose words repeat themselves.

    A word that a document has used once is far likelier in the rest of it than a
    softmax has it, which draws every word anew. Here the distribution over the
    vocabulary is itself drawn for each document, `p ~ Dirichlet(c softmax(logits))`,
    and integrated out: a Polya urn (Madsen et al. 2005). A word's probability after
    `n` others, of which `n_w` were it, is `(c softmax(logits)_w + n_w) / (c + n)`. As
    `c` grows it is that of `BagNLL`, and what it sums up is the same: all words of the
    bag one by one, in any order, without the multinomial coefficient.

    The urn's concentration `c` is learned, one number for all documents.

    Args:
        concentration: float, greater than 0. The urn's concentration before training.
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        logits: float tensor of shape `(codes * batch, vocabulary_size)`, the whole
            batch `codes` times over.
        pairs: int32 tensor of shape `(batch, pairs, 2)`: word ids from 1 up and
            counts, padded with zeros; no word twice in a row.

    Returns:
        Nats, of shape `(codes * batch,)`.

    Raises:
        ValueError: if `concentration` is not a positive, finite number.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> pairs = np.array([[[1, 2], [3, 1]]], "int32")
    >>> nll = tf_vmfvae.layers.BurstyBagNLL(4.0)(np.zeros((1, 4), "float32"), pairs)
    >>> round(float(nll[0]), 4)  # 1/4, then (1 + 1)/(4 + 1), then 1/(4 + 2)
    4.0943
    """

    def __init__(self, concentration: float = 100.0, **kwargs):
        super().__init__(**kwargs)
        if not (math.isfinite(concentration) and concentration > 0):
            raise ValueError(
                f"concentration must be a positive, finite number, not {concentration}"
            )
        self.concentration = float(concentration)

    def build(self, logits_shape, pairs_shape):
        self.log_concentration = self.add_weight(
            shape=(),
            initializer=keras.initializers.Constant(math.log(self.concentration)),
            # Nats are in the variables' precision, not the products'.
            autocast=False,
            name="log_concentration",
        )
        super().build(logits_shape)

    def call(self, logits, pairs):
        log_total = tf.convert_to_tensor(self.log_concentration)
        logits = tf.cast(logits, log_total.dtype)
        codes = tf.shape(logits)[0] // tf.shape(pairs)[0]
        pairs = repeat_batch(pairs, codes)
        counts = tf.cast(pairs[..., 1], logits.dtype)
        log_own = log_total + _of_pairs(logits, pairs[..., 0])
        log_own -= tf.reduce_logsumexp(logits, axis=-1, keepdims=True)
        own, total = tf.exp(log_own), tf.exp(log_total)
        # log Gamma(own) as that of own + 1: own itself may be too small for float32.
        of_words = log_own + tf.math.lgamma(own + counts) - tf.math.lgamma(own + 1.0)
        of_words = tf.where(counts > 0, of_words, 0.0)
        # Two large numbers of a small difference.
        total = tf.cast(total, tf.float64)
        words = tf.cast(tf.reduce_sum(counts, axis=-1), tf.float64)
        of_all = tf.math.lgamma(total + words) - tf.math.lgamma(total)
        return tf.cast(of_all, logits.dtype) - tf.reduce_sum(of_words, axis=-1)

    def compute_output_spec(self, logits, pairs):
        return keras.KerasTensor(logits.shape[:1], dtype=self.variable_dtype)

    def get_config(self):
        config = super().get_config()
        config.update({"concentration": self.concentration})
        return config


def _of_pairs(logits, ids):
    """The logit of each pair's word, `(batch, pairs)`; for padding, of any word."""
    rows, columns = tf.unstack(tf.shape(logits))
    cells = tf.maximum(ids - 1, 0) + columns * tf.range(rows)[:, tf.newaxis]
    return tf.gather(tf.reshape(logits, [-1]), cells)
