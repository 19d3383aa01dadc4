"""The loss of a bag of words under a softmax over the vocabulary."""

import keras
import tensorflow as tf


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class BagNLL(keras.layers.Layer):
    """`-sum_w count_w log softmax(logits)_w`: the words of a bag, drawn one by one.

    Without the multinomial coefficient, as document models are compared: the words
    have an order.

    Args:
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        logits: float tensor of shape `(codes * batch, vocabulary_size)`, the whole
            batch `codes` times over.
        counts: float tensor of shape `(batch, vocabulary_size)`.

    Returns:
        Nats, of shape `(codes * batch,)`.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> counts = np.array([[2.0, 0.0, 1.0, 0.0]], "float32")
    >>> nll = tf_vmfvae.layers.BagNLL()(np.zeros((1, 4), "float32"), counts)
    >>> round(float(nll[0]), 4)  # 3 log 4
    4.1589
    """

    def __init__(self, **kwargs):
        # Nats are sums of many terms: in the variables' precision, not the products'.
        super().__init__(autocast=False, **kwargs)

    def call(self, logits, counts):
        dtype = self.variable_dtype
        return bag_nll(tf.cast(logits, dtype), tf.cast(counts, dtype))

    def compute_output_spec(self, logits, counts):
        return keras.KerasTensor(logits.shape[:1], dtype=self.variable_dtype)


@tf.custom_gradient
def bag_nll(logits, counts):
    """Returns `-sum counts * log_softmax(logits)` over the last axis, in nats.

    The rows of `logits` go through those of `counts` again and again. The gradient in
    the counts is left out: they are data.
    """
    # A graph gets a function of its own: TensorFlow's converters delete the functions
    # of the graphs that they convert, and eager calls would look for a deleted one.
    compiled = _for_eager_calls if tf.executing_eagerly() else _compile()
    nll, slope = compiled(logits, counts)
    return nll, lambda upstream: (upstream[:, tf.newaxis] * slope, None)


def _nll_and_slope(logits, counts):
    shape = tf.shape(logits)
    logits = tf.reshape(logits, tf.concat([[-1], tf.shape(counts)], axis=0))
    logits = logits - tf.reduce_max(logits, -1, keepdims=True)
    exponential = tf.exp(logits)
    partition = tf.reduce_sum(exponential, -1, keepdims=True)
    words = tf.reduce_sum(counts, -1, keepdims=True)
    nll = words * tf.math.log(partition) - tf.reduce_sum(
        counts * logits, -1, keepdims=True
    )
    slope = words / partition * exponential - counts
    return tf.reshape(nll, [-1]), tf.reshape(slope, shape)


def _compile():
    # Passes over the logits are bound by memory: XLA fuses them.
    return tf.function(_nll_and_slope, jit_compile=True)


_for_eager_calls = _compile()
