"""A language model as a SavedModel that TensorFlow alone can serve."""

import keras
import tensorflow as tf

from tf_vmfvae.generation.codes import codes_between, encode_inputs, prior_codes
from tf_vmfvae.generation.decode_ids import decode_ids
from tf_vmfvae.generation.decoder_steps import DecoderSteps
from tf_vmfvae.generation.stateless_sampler import StatelessSampler
from tf_vmfvae.layers.words.word_tokenizer import END_ID, PADDING_ID, UNKNOWN_ID
from tf_vmfvae.models.language_model import LanguageModel
from tf_vmfvae.models.served_functions import (
    NUMBERS,
    STRINGS,
    ServedFunctions,
    at_least,
)
from tf_vmfvae.ops.batch_inputs import padded
from tf_vmfvae.ops.graph_checks import checked


class ServedModel(ServedFunctions):
    """A language model whose functions take and return strings.

    `encode(texts)` returns the locations of the posteriors, `(texts, latent_dim)`.
    `reconstruct(texts)`, `sample(count, seed)` and `interpolate(start, end, steps)`
    return texts. `score(texts, samples, seed)` returns, for each text, minus the
    evidence lower bound averaged over that many codes (`"nll"`), its parts, and the
    number of words with `<eos>`. Reconstructions and interpolations are greedy; samples
    come from the model's own distribution.

    A model with a `LabelCondition` takes `labels` as the last argument, one for each
    text, or for both ends of an interpolation. `sample` takes `conditions` instead, one
    for all samples or one for each: labels or, with a `BagOfWordsCondition`, texts
    whose words the decoder reads.

    The functions have no state: calls at the same time do not affect each other, and
    any int32 seed always gives the same answer as with the Keras model. Without texts
    the answer is empty. An argument out of range raises an `InvalidArgumentError` that
    names it.

    Args:
        model: a `LanguageModel`.
        max_words: int. A sentence is cut off after this many words.

    Attributes:
        signatures: maps the name of each function to the types of its arguments.
    """

    def __init__(self, model: LanguageModel, max_words: int = 60):
        labels = [NUMBERS] if model.needs_labels else []
        conditions = [STRINGS] if model.needs_texts else labels
        signatures = {
            "encode": [STRINGS, *labels],
            "reconstruct": [STRINGS, *labels],
            "sample": [NUMBERS, NUMBERS, *conditions],
            "interpolate": [STRINGS, STRINGS, NUMBERS, *labels],
            "score": [STRINGS, NUMBERS, NUMBERS, *labels],
        }
        super().__init__(model, signatures, model.tokenizer)
        self._max_words = max_words
        words = model.tokenizer.vocabulary
        self._greedy = StatelessSampler("greedy", len(words))
        self._random = StatelessSampler("random", len(words))
        self._vocabulary = tf.constant(["", *words])

    def encode(self, texts, labels=None):
        z, _ = self._encode(texts, labels)
        return z

    def reconstruct(self, texts, labels=None):
        return self._decode(self._greedy, *self._encode(texts, labels))

    def sample(self, count, seed, conditions=None):
        count, seed = at_least(0, "count", count), tf.ensure_shape(seed, [])
        z = prior_codes(self._model, count, seed)
        outputs = self._sample_conditions(count, conditions)
        return self._decode(self._random, z, outputs, tf.cast(seed, tf.int64))

    def interpolate(self, start, end, steps, labels=None):
        steps = at_least(2, "steps", steps)
        texts = tf.stack([tf.ensure_shape(start, []), tf.ensure_shape(end, [])])
        path = codes_between(self._model, *self._encode(texts, labels), steps)
        return self._decode(self._greedy, *path)

    def score(self, texts, samples, seed, labels=None):
        return self._score(self._to_inputs(texts, labels), samples, seed)

    def _encode(self, texts, labels, name="labels"):
        """Returns codes and conditions of texts; `name` is what the user calls labels.

        Some layers need at least one row. If there are no texts, one row is encoded and
        then dropped.
        """
        inputs = self._to_inputs(texts, labels, name)
        count = tf.size(texts)
        missing = tf.cast(count == 0, tf.int32)
        spare = self._one_row()
        inputs = keras.tree.map_structure(
            lambda part, row: tf.concat([part, row[:missing]], axis=0), inputs, spare
        )
        z, conditions = encode_inputs(self._model, padded(inputs))
        return z[:count], conditions[:count]

    def _one_row(self):
        """Returns what the model reads of a text of one unknown word."""
        ids = tf.ragged.constant([[UNKNOWN_ID]], tf.int32)
        if not self._model.needs_labels:
            return ids
        return self._model.condition.join(ids, tf.constant([0]))

    def _sample_conditions(self, count, conditions):
        """Returns what the decoder reads in addition to the code of each sample."""
        if conditions is None:
            return tf.zeros([count, 0])
        conditions = tf.ensure_shape(conditions, [None])
        given = tf.size(conditions)
        conditions = checked(
            conditions,
            (given == 1) | (given == count),
            "conditions: give one for all samples or one for each, not",
            given,
        )
        are_texts = conditions.dtype == tf.string
        texts = conditions if are_texts else tf.fill([given], "")
        _, outputs = self._encode(texts, conditions, "conditions")
        return tf.broadcast_to(outputs, [count, outputs.shape[-1]])

    def _to_inputs(self, texts, labels, name="labels"):
        """Returns what `LanguageModel.to_ids` does, in a graph."""
        texts = tf.ensure_shape(texts, [None])
        ids = self._model.tokenizer(texts)
        if not self._model.needs_labels:
            return ids
        return self._model.condition.join(ids, labels, name)

    def _decode(self, sampler, z, conditions, seed=0):
        steps = DecoderSteps(self._model)
        ids = decode_ids(steps, sampler, z, conditions, self._max_words, seed)
        ends = tf.cast((ids == END_ID) | (ids == PADDING_ID), tf.int32)
        before_end = tf.cumsum(ends, axis=1) == 0
        words = tf.ragged.boolean_mask(tf.gather(self._vocabulary, ids), before_end)
        return tf.strings.reduce_join(words, axis=-1, separator=" ")
