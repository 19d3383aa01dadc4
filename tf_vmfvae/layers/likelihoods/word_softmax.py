"""The softmax over the vocabulary, and its NLL in one operation."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae.layers.words.word_tokenizer import PADDING_ID
from tf_vmfvae.ops.forward_softmax_nll import forward_softmax_nll
from tf_vmfvae.ops.softmax_nll import logits, softmax_nll

# A logit with an exponential of 0.
NO_PROBABILITY = -1e9


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class WordSoftmax(keras.layers.Layer):
    """A softmax over words: logits, or the negative log-likelihood of targets.

    The distribution is over the ids 1 to `vocabulary_size`; padding has no probability.

    Args:
        vocabulary_size: int. Number of words, without padding.
        embedding: `keras.layers.Embedding` of `vocabulary_size + 1` rows, whose weights
            are used as the kernel (Press and Wolf 2017); the features then have the
            embedding's width. With `None` the layer has its own kernel.
        kernel_initializer: initializer of the layer's own kernel.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        features: float tensor of shape `(batch, time, width)`.
        targets: int32 ids of shape `(batch, time)`, or `None`.

    Returns:
        Without targets, the logits, `(batch, time, vocabulary_size)`; entry `i`
        belongs to id `i + 1`. With targets, `-log p(target)` in nats, `(batch, time)`,
        and 0 where the target is padding.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> softmax = tf_vmfvae.layers.WordSoftmax(8, kernel_initializer="zeros")
    >>> features = np.ones((1, 2, 4), "float32")
    >>> nll = softmax(features, np.array([[3, 0]], "int32"))
    >>> [round(float(value), 4) for value in nll[0]]  # log 8, and 0 for padding
    [2.0794, 0.0]
    """

    def __init__(
        self,
        vocabulary_size: int,
        embedding: keras.layers.Embedding | None = None,
        kernel_initializer: str = "glorot_uniform",
        **kwargs,
    ):
        # Weights and the sums of their gradients are in full precision; products not.
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
        features = tf.cast(features, self.compute_dtype)
        # With three dimensions, TensorFlow would multiply example by example.
        flat = tf.reshape(features, [-1, features.shape[-1]])
        if targets is None:
            shape = [*tf.unstack(tf.shape(features))[:-1], self.vocabulary_size]
            return tf.reshape(self._logits(flat), shape)
        ids = tf.reshape(targets, [-1])
        return tf.reshape(self._nll(flat, ids, training), tf.shape(targets))

    def adapt(self, counts: Sequence[int]) -> None:
        """Sets the biases so that features of 0 give each word its frequency.

        Frequent and rare words differ by ten nats, which training would otherwise have
        to learn first. Call it before training, once the layer is built.

        Args:
            counts: how often each word is a target, in the order of the ids from 1 on.
                Every word counts once more, so that none is impossible.

        Raises:
            ValueError: if there is not one count per word, each at least 0.

        Example:
        >>> softmax = WordSoftmax(3)
        >>> softmax.build((None, None, 2))
        >>> softmax.adapt([5, 2, 0])
        >>> nll = softmax(np.zeros((1, 3, 2), "float32"), np.array([[1, 2, 3]]))
        >>> [round(float(value), 2) for value in np.exp(-nll[0])]
        [0.6, 0.3, 0.1]
        """
        counts = np.asarray(counts, np.float64)
        if counts.shape != (self.vocabulary_size,) or not np.all(counts >= 0):
            raise ValueError(
                f"counts: give {self.vocabulary_size} numbers, one for each word, each "
                "at least 0"
            )
        self.bias.assign(self._log_shares(1.0 + counts))

    def _log_shares(self, counts):
        """Returns what the biases are if these are the frequencies."""
        return np.log(counts / counts.sum())

    def _logits(self, features):
        """Returns the logits of all words, `(n, vocabulary_size)`."""
        kernel, bias, offset = self._rows()
        return logits(features, kernel, bias)[:, offset:]

    def _nll(self, features, ids, training):
        """Returns `-log p` of the words with these ids, `(n,)`; 0 for padding."""
        kernel, bias, offset = self._rows()
        rows = tf.where(ids == PADDING_ID, -1, ids - 1 + offset)
        loss = softmax_nll if training else forward_softmax_nll
        return loss(features, kernel, bias, rows)

    def _rows(self):
        """Returns the kernel, the bias, and the row of the first word in both."""
        bias = tf.convert_to_tensor(self.bias)
        if self.embedding is None:
            return tf.convert_to_tensor(self.own_kernel), bias, 0
        # Keep padding's row, without probability: cutting it off would copy the
        # gradient of all other rows.
        bias = tf.concat([[NO_PROBABILITY], bias], axis=0)
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
