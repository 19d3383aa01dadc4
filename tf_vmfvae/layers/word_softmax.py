"""The output layer over the vocabulary and its loss, as one operation."""

import keras
import tensorflow as tf

from tf_vmfvae.layers.softmax_nll import plain_softmax_nll, softmax_nll


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
        # In full precision, as the sums that it enters.
        self.bias = self.add_weight(
            shape=(self.vocabulary_size,),
            initializer="zeros",
            autocast=False,
            name="bias",
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
        loss = softmax_nll if training else plain_softmax_nll
        return tf.reshape(loss(flat, kernel, bias, classes), tf.shape(targets))

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
