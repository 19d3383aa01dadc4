"""A document model as a SavedModel that TensorFlow alone can serve."""

import tensorflow as tf

from tf_vmfvae.models.document_preprocessor import DocumentPreprocessor
from tf_vmfvae.models.nvdm import NVDM
from tf_vmfvae.models.served_functions import NUMBERS, STRINGS, ServedFunctions
from tf_vmfvae.models.served_topics import ServedTopics
from tf_vmfvae.ops.batch_inputs import padded


class ServedDocumentModel(ServedFunctions):
    """A document model whose functions read raw documents.

    `encode(texts)` returns the locations of the posteriors, `(texts, latent_dim)`, as
    `NVDM.encode` does: all documents without a known word have the same code.
    `score(texts, samples, seed)` returns, for each text, minus the evidence lower bound
    averaged over that many codes (`"nll"`), its parts, and the number of known words.
    With topics there are also `topics(texts)`, the shares of the topics in each text,
    `(texts, topics)`, and `top_words()`, the best words of each topic,
    `(topics, words)`.

    The words of a text are those of `tf_vmfvae.text.listed_words`.

    The functions have no state: calls at the same time do not affect each other, and
    any int32 seed always gives the same answer as with the Keras model. Without texts
    the answer is empty. An argument out of range raises an `InvalidArgumentError` that
    names it.

    Args:
        model: an `NVDM` with a code.
        topics: `ServedTopics`, or `None`.

    Attributes:
        signatures: maps the name of each function to the types of its arguments.

    Raises:
        ValueError: if the model has no code, the topics are for codes of another
            dimension, or a word of the vocabulary contains white space.
    """

    def __init__(self, model: NVDM, topics: ServedTopics | None = None):
        if model.latent.is_empty:
            raise ValueError(
                "the model has no code, so there is nothing to serve: export one that "
                "was trained with a code"
            )
        signatures = {"encode": [STRINGS], "score": [STRINGS, NUMBERS, NUMBERS]}
        if topics is not None:
            dimension = topics.coefficients.shape[-1]
            if dimension != model.latent.latent_dim:
                raise ValueError(
                    f"the topics are for codes of {dimension} dimensions, but those of "
                    f"the model have {model.latent.latent_dim}: give its own topics"
                )
            signatures |= {"topics": [STRINGS], "top_words": []}
        self._preprocessor = DocumentPreprocessor(model.vocabulary)
        super().__init__(model, signatures, self._preprocessor.word_finder)
        self._topics = topics

    def encode(self, texts):
        z, _ = self._encode(texts)
        return z

    def score(self, texts, samples, seed):
        return self._score(self._read(texts), samples, seed)

    def topics(self, texts):
        z, is_known = self._encode(texts)
        # As precise as the Keras model's: a logit may be a difference of large numbers.
        coefficients, intercepts, weights = (
            tf.constant(each, tf.float64)
            for each in (
                self._topics.coefficients,
                self._topics.intercepts,
                self._topics.weights,
            )
        )
        logits = tf.matmul(tf.cast(z, tf.float64), coefficients, transpose_b=True)
        shares = tf.nn.softmax(logits + intercepts)
        return tf.cast(tf.where(is_known[:, None], shares, weights), tf.float32)

    def top_words(self):
        return tf.constant(self._topics.top_words, tf.string)

    def _encode(self, texts):
        """Returns the codes of texts, and which texts have a known word.

        Some layers need at least one row and one column, so empty ones are added and
        then dropped.
        """
        pairs = self._read(texts)
        is_known = pairs.row_lengths() > 0
        pairs = tf.pad(padded(pairs), [[0, 1], [0, 1], [0, 0]])
        z = self._model.latent.location(self._model.encoder(pairs, training=False))
        return tf.cast(z[:-1], tf.float32), is_known

    def _read(self, texts):
        return self._preprocessor.count(tf.ensure_shape(texts, [None]))
