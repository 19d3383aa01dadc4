"""The output layer over the vocabulary and its loss, as one operation."""

import keras
import tensorflow as tf

from tf_vmfvae.layers.word_tokenizer import PADDING_ID


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class WordSoftmax(keras.layers.Layer):
    """A softmax over words: logits, or the negative log-likelihood of targets.

    Padding is no word: the distribution is over the ids 1 to `vocabulary_size`.

    Args:
        vocabulary_size: int. Number of words, padding not counted.
        embedding: `keras.layers.Embedding` of `vocabulary_size + 1` rows whose
            weights serve as the kernel too (Press and Wolf 2017), or `None` for
            a kernel of its own. The features then have the embedding's width.
        kernel_initializer: initializer of a kernel of its own.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        features: float tensor of shape `(batch, time, width)`.
        targets: int32 ids of shape `(batch, time)`, or `None`.

    Returns:
        Without targets the logits, `(batch, time, vocabulary_size)`, where entry
        `i` belongs to id `i + 1`. With targets `-log p(target)` in nats, of shape
        `(batch, time)`, 0 where the target is padding.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> softmax = tf_vmfvae.layers.WordSoftmax(8, kernel_initializer="zeros")
    >>> features = np.ones((1, 2, 4), "float32")
    >>> nll = softmax(features, np.array([[3, 0]], "int32"))
    >>> [round(float(value), 4) for value in nll[0]]  # log 8, and nothing for padding
    [2.0794, 0.0]
    """

    def __init__(
        self,
        vocabulary_size: int,
        embedding: keras.layers.Embedding | None = None,
        kernel_initializer: str = "glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.vocabulary_size = vocabulary_size
        self.embedding = embedding
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, features_shape, targets_shape=None):
        if self.embedding is None:
            self.own_kernel = self.add_weight(
                shape=(self.vocabulary_size, features_shape[-1]),
                initializer=self.kernel_initializer,
                name="kernel",
            )
        self.bias = self.add_weight(
            shape=(self.vocabulary_size,), initializer="zeros", name="bias"
        )
        super().build(features_shape)

    @property
    def kernel(self):
        """The weights, of shape `(vocabulary_size, width)`."""
        if self.embedding is None:
            return tf.convert_to_tensor(self.own_kernel)
        return self.embedding.embeddings[1:]

    def call(self, features, targets=None, training=False):
        kernel = tf.cast(self.kernel, features.dtype)
        bias = tf.convert_to_tensor(self.bias)
        if targets is None:
            logits = tf.matmul(features, kernel, transpose_b=True)
            return tf.cast(logits, bias.dtype) + bias
        flat = tf.reshape(features, [-1, features.shape[-1]])
        classes = tf.reshape(targets, [-1]) - 1
        if training:
            nll = softmax_nll(flat, kernel, bias, classes)
        else:
            logits = tf.matmul(flat, kernel, transpose_b=True)
            nll = _nll(logits, bias, classes)
        nll = tf.reshape(nll, tf.shape(targets))
        return tf.where(targets == PADDING_ID, 0.0, nll)

    def get_config(self):
        config = super().get_config()
        config.update(
            {
                "vocabulary_size": self.vocabulary_size,
                "embedding": keras.saving.serialize_keras_object(self.embedding),
                "kernel_initializer": keras.initializers.serialize(
                    self.kernel_initializer
                ),
            }
        )
        return config

    @classmethod
    def from_config(cls, config):
        config = dict(config)
        config["embedding"] = keras.saving.deserialize_keras_object(config["embedding"])
        return cls(**config)

    def compute_output_spec(self, features, targets=None, training=False):
        if targets is None:
            shape = (*features.shape[:-1], self.vocabulary_size)
        else:
            shape = targets.shape
        return keras.KerasTensor(shape, dtype=self.variable_dtype)


def softmax_nll(features, kernel, bias, classes):
    """Returns `-log softmax(features @ kernel' + bias)[classes]`, in nats.

    Equal to a matrix product followed by
    `tf.nn.sparse_softmax_cross_entropy_with_logits`, with a gradient of its own:
    the pass over the logits that finds the loss writes their gradient too, and
    an incoming gradient scales rows of the small factors, not of the logits.

    Args:
        features: float tensor of shape `(n, width)`.
        kernel: float tensor of shape `(classes, width)`.
        bias: float tensor of shape `(classes,)`.
        classes: int32 tensor of shape `(n,)`. A row outside the range of the
            classes has the loss `log sum exp` of its logits: mask it.

    Returns:
        A float tensor of shape `(n,)`.
    """

    @tf.custom_gradient
    def fused(features, kernel, bias):
        logits = tf.matmul(features, kernel, transpose_b=True)
        nll, slope = _nll_and_slope(logits, bias, classes)

        def gradient(upstream):
            column = tf.cast(upstream, features.dtype)[:, None]
            return (
                column * tf.matmul(slope, kernel),
                tf.matmul(slope, column * features, transpose_a=True),
                tf.cast(
                    tf.linalg.matvec(slope, column[:, 0], transpose_a=True), bias.dtype
                ),
            )

        return nll, gradient

    return fused(features, kernel, bias)


# Element-wise passes over the logits are bound by memory: XLA fuses them, where
# the matrix products are faster outside it.
@tf.function(jit_compile=True)
def _nll(logits, bias, classes):
    logits = tf.cast(logits, bias.dtype) + bias
    picked = tf.one_hot(classes, logits.shape[-1], dtype=logits.dtype)
    return tf.reduce_logsumexp(logits, -1) - tf.reduce_sum(logits * picked, -1)


@tf.function(jit_compile=True)
def _nll_and_slope(logits, bias, classes):
    dtype = logits.dtype
    logits = tf.cast(logits, bias.dtype) + bias
    picked = tf.one_hot(classes, logits.shape[-1], dtype=logits.dtype)
    largest = tf.reduce_max(logits, -1, keepdims=True)
    exponential = tf.exp(logits - largest)
    total = tf.reduce_sum(exponential, -1, keepdims=True)
    nll = (
        tf.math.log(total) + largest - tf.reduce_sum(logits * picked, -1, keepdims=True)
    )
    return nll[:, 0], tf.cast(exponential / total - picked, dtype)
