"""The NLL of a bag of words that come in bursts."""

import math

import keras
import tensorflow as tf

from tf_vmfvae.layers.argument_checks import positive
from tf_vmfvae.ops.bags import gather_words
from tf_vmfvae.ops.repeated_batch import repeat_batch


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class BurstyBagNLL(keras.layers.Layer):
    """Minus the log-likelihood of a bag in which words tend to occur again.

    Under a softmax every word is drawn anew, but a word that a document has used once
    is far likelier in the rest of it. Here each document draws its own distribution
    over the vocabulary, `p ~ Dirichlet(c softmax(logits))`, which is integrated out: a
    Polya urn (Madsen et al. 2005). After `n` words, `n_w` of them `w`, the next word is
    `w` with probability `(c softmax(logits)_w + n_w) / (c + n)`. As `c` grows, this
    becomes `BagNLL`. As there, the likelihood is that of the words in a given order,
    without the multinomial coefficient.

    The urn's concentration `c` is learned, one number for all documents.

    Args:
        concentration: float, greater than 0. The urn's concentration before training.
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        logits: float tensor of shape `(codes * batch, vocabulary_size)`, the batch
            repeated as by `RepeatExamples`.
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
        self.concentration = positive("concentration", concentration)

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
        # Each word's part of the urn: c softmax(logits).
        log_part = log_total + gather_words(logits, pairs[..., 0])
        log_part -= tf.reduce_logsumexp(logits, axis=-1, keepdims=True)
        part, total = tf.exp(log_part), tf.exp(log_total)
        # log Gamma(part) by way of part + 1: part itself may be too small for float32.
        of_words = log_part + tf.math.lgamma(part + counts) - tf.math.lgamma(part + 1.0)
        of_words = tf.where(counts > 0, of_words, 0.0)
        # float64, since this is a small difference of large numbers.
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
