"""The output layer over the vocabulary and its loss, as one operation."""

import keras
import tensorflow as tf

from tf_vmfvae.layers.words.word_tokenizer import PADDING_ID
from tf_vmfvae.ops.softmax_nll import plain_softmax_nll, softmax_nll

# A logit whose exponential is nothing beside any other's.
NO_SHARE = -1e9


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
        # Weights in full precision, as the sums of their gradients; products are not.
        super().__init__(autocast=False, **kwargs)
        self.vocabulary_size = vocabulary_size
        self.embedding = embedding
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, features_shape, targets_shape=None):
        if self.embedding is None:
            self.own_kernel = self.add_weight(
                shape=(self.vocabulary_size, features_shape[-1]),
                initializer=self.kernel_initializer,
                autocast=False,
                name="kernel",
            )
        elif not self.embedding.built:
            self.embedding.build()
        self.bias = self.add_weight(
            shape=(self.vocabulary_size,),
            initializer="zeros",
            autocast=False,
            name="bias",
        )
        super().build(features_shape)

    def call(self, features, targets=None, training=False):
        kernel, bias, offset = self._rows()
        features = tf.cast(features, self.compute_dtype)
        # In two dimensions: of more TensorFlow makes a product for each example.
        flat = tf.reshape(features, [-1, features.shape[-1]])
        if targets is None:
            kernel = tf.cast(kernel, flat.dtype)
            logits = tf.matmul(flat, kernel, transpose_b=True)
            logits = (tf.cast(logits, bias.dtype) + bias)[:, offset:]
            shape = [*tf.unstack(tf.shape(features))[:-1], self.vocabulary_size]
            return tf.reshape(logits, shape)
        ids = tf.reshape(targets, [-1])
        rows = tf.where(ids == PADDING_ID, -1, ids - 1 + offset)
        loss = softmax_nll if training else plain_softmax_nll
        return tf.reshape(loss(flat, kernel, bias, rows), tf.shape(targets))

    def _rows(self):
        """The kernel, the bias, and the row of the first word in both."""
        bias = tf.convert_to_tensor(self.bias)
        if self.embedding is None:
            return tf.convert_to_tensor(self.own_kernel), bias, 0
        # All rows of the embeddings, padding's too but with no share in the softmax:
        # cutting it off would copy the gradient of all others.
        bias = tf.concat([[NO_SHARE], bias], axis=0)
        return tf.convert_to_tensor(self.embedding.embeddings), bias, 1

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
