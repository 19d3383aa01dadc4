"""The NLL of a bag of words under a softmax over the vocabulary."""

import keras
import tensorflow as tf

from tf_vmfvae.ops.bags import bag_nll


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class BagNLL(keras.layers.Layer):
    """`-sum_w count_w log softmax(logits)_w`: the bag's words, drawn one by one.

    There is no multinomial coefficient: document models are compared by the likelihood
    of words in a given order.

    Args:
        **kwargs: arguments of `keras.layers.Layer`.

    Call arguments:
        logits: float tensor of shape `(codes * batch, vocabulary_size)`, the batch
            repeated as by `RepeatExamples`.
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
        # An NLL is a sum of many terms: it is in the variables' precision.
        super().__init__(autocast=False, **kwargs)

    def call(self, logits, counts):
        dtype = self.variable_dtype
        return bag_nll(tf.cast(logits, dtype), tf.cast(counts, dtype))

    def compute_output_spec(self, logits, counts):
        return keras.KerasTensor(logits.shape[:1], dtype=self.variable_dtype)
