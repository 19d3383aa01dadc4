"""A language model as a SavedModel that TensorFlow alone can serve."""

import os

import keras
import tensorflow as tf

from tf_vmfvae.evaluation.score import score_ids
from tf_vmfvae.generation.decoding import decode_ids
from tf_vmfvae.generation.noise import codes_seed
from tf_vmfvae.generation.stateless_sampler import StatelessSampler
from tf_vmfvae.layers.words.word_tokenizer import END_ID, PADDING_ID, UNKNOWN_ID
from tf_vmfvae.models import LanguageModel
from tf_vmfvae.ops.geometry import straight_line

# The signatures accept any shape, and the graph refuses wrong ones. If TensorFlow 2.21
# refuses a call by its signature, it leaves the function locked, so that calls from
# other threads never return.
STRINGS = tf.TensorSpec(None, tf.string)
NUMBERS = tf.TensorSpec(None, tf.int32)


class ServedModel:
    """A language model whose signatures take and return strings.

    `encode(texts)` returns locations, `(texts, latent_dim)`. `reconstruct(texts)`,
    `sample(count, seed)` and `interpolate(start, end, steps)` return texts.
    `score(texts, samples, seed)` returns, for each text, minus the evidence lower bound
    averaged over `samples` codes (`"nll"`), its two parts, and the number of words
    including `<eos>`. Reconstructions and interpolations are decoded greedily; samples
    are drawn from the model's distribution.

    If the model has a `LabelCondition`, the last argument is `labels`: one for each
    text, or for both ends of an interpolation. `sample` takes `conditions` instead, one
    for each sample or one for all: labels, or for a `BagOfWordsCondition` texts.

    A served model has no state. Calls at the same time do not affect each other, and a
    seed, any int32, always gives the answer that the Keras model gives. An empty list
    of texts gives an empty answer. An argument that is out of range raises an
    `InvalidArgumentError` that names it.

    Args:
        model: a `LanguageModel`.
        max_words: int. Longest length of a sentence; longer ones are cut.

    Attributes:
        signatures: dictionary from the name of each served function to the specs of its
            arguments.
    """

    def __init__(self, model: LanguageModel, max_words: int = 60):
        self._model = model
        self._max_words = max_words
        words = model.tokenizer.vocabulary
        self._greedy = StatelessSampler("greedy", len(words))
        self._random = StatelessSampler("random", len(words))
        self._vocabulary = tf.constant(["", *words])
        labels = [NUMBERS] if model.needs_labels else []
        conditions = [STRINGS] if model.needs_texts else labels
        self.signatures = {
            "encode": [STRINGS, *labels],
            "reconstruct": [STRINGS, *labels],
            "sample": [NUMBERS, NUMBERS, *conditions],
            "interpolate": [STRINGS, STRINGS, NUMBERS, *labels],
            "score": [STRINGS, NUMBERS, NUMBERS, *labels],
        }

    def save(self, folder: str | os.PathLike) -> None:
        """Writes the SavedModel."""
        archive = keras.export.ExportArchive()
        archive.track(self._model)
        archive.track(self._model.tokenizer)
        for name, signature in self.signatures.items():
            function = tf.function(getattr(self, name), input_signature=signature)
            function.get_concrete_function()
            archive.add_endpoint(name, function)
        archive.write_out(os.fspath(folder), verbose=False)

    def encode(self, texts, labels=None):
        ids = self._padded(texts, labels)
        return self._locations(ids)[: tf.size(texts)]

    def reconstruct(self, texts, labels=None):
        ids = self._padded(texts, labels)
        z, conditions = self._locations(ids), self._conditions(ids)
        return self._decode(self._greedy, z, conditions)[: tf.size(texts)]

    def sample(self, count, seed, conditions=None):
        count, seed = _at_least(0, "count", count), tf.ensure_shape(seed, [])
        z = self._model.latent.prior().sample(count, seed=codes_seed(seed))
        outputs = None
        if conditions is not None:
            conditions = tf.ensure_shape(conditions, [None])
            given = tf.size(conditions)
            conditions = _checked(
                conditions,
                (given == 1) | (given == count),
                "conditions: give one for all samples or one for each, not",
                given,
            )
            are_texts = conditions.dtype == tf.string
            texts = conditions if are_texts else tf.fill([given], "")
            ids = self._padded(texts, conditions, "conditions")
            outputs = self._conditions(ids)[:given]
            outputs = tf.broadcast_to(outputs, [count, outputs.shape[-1]])
        return self._decode(self._random, z, outputs, tf.cast(seed, tf.int64))

    def interpolate(self, start, end, steps, labels=None):
        steps = _at_least(2, "steps", steps)
        texts = tf.stack([tf.ensure_shape(start, []), tf.ensure_shape(end, [])])
        ids = self._padded(texts, labels)
        ends, conditions = self._locations(ids), self._conditions(ids)
        z = self._model.latent.interpolate(ends[0], ends[1], steps)
        if conditions is not None:
            conditions = straight_line(conditions[0], conditions[1], steps)
        return self._decode(self._greedy, z, conditions)

    def score(self, texts, samples, seed, labels=None):
        samples, seed = _at_least(1, "samples", samples), tf.ensure_shape(seed, [])
        ids = self._ids(texts, labels)
        return score_ids(self._model, ids, samples, codes_seed(seed))

    def _ids(self, texts, labels, name="labels"):
        """Returns what the model reads, as `LanguageModel.to_ids`, but in a graph."""
        texts = tf.ensure_shape(texts, [None])
        ids = self._model.tokenizer(texts)
        if not self._model.needs_labels:
            return ids
        labels = tf.ensure_shape(labels, [None])
        count, last = tf.size(texts), self._model.num_labels - 1
        numbers = tf.stack([tf.size(labels), count])
        one_each = tf.size(labels) == count
        labels = _checked(
            labels, one_each, f"{name}: give one for each text; labels, texts:", numbers
        )
        wrong = tf.boolean_mask(labels, (labels < 0) | (labels > last))
        labels = _checked(
            labels, tf.size(wrong) == 0, f"{name}: labels are 0 to {last}, not", wrong
        )
        return self._model.condition.join(ids, labels)

    def _padded(self, texts, labels, name="labels"):
        """Returns padded ids with at least one row, which some layers need."""
        ids = self._ids(texts, labels, name).to_tensor()
        missing = tf.cast(tf.size(texts) == 0, tf.int32)
        # The content of an extra row does not matter; every model knows this id.
        return tf.pad(ids, [[0, missing], [0, 2 * missing]], constant_values=UNKNOWN_ID)

    def _locations(self, ids):
        return self._model.latent.location(self._model.encoder(ids, training=False))

    def _conditions(self, ids):
        """Returns what the decoder reads in addition to the code, or `None`."""
        conditioner = self._model.conditioner
        return None if conditioner is None else conditioner(ids, training=False)

    def _decode(self, sampler, z, conditions, seed=0):
        context = self._model.context(z, conditions)
        ids = decode_ids(self._model, sampler, z, context, self._max_words, seed)
        # A sampler may put any words after the end.
        stops = tf.cast((ids == END_ID) | (ids == PADDING_ID), tf.int32)
        before = tf.cumsum(stops, axis=1) == 0
        words = tf.ragged.boolean_mask(tf.gather(self._vocabulary, ids), before)
        return tf.strings.reduce_join(words, axis=-1, separator=" ")


def _at_least(least, name, number):
    number = tf.ensure_shape(number, [])
    return _checked(
        number, number >= least, f"{name} must be {least} or more, not", number
    )


def _checked(value, condition, message, found):
    """Returns the value, after checking the condition."""
    with tf.control_dependencies([tf.debugging.Assert(condition, [message, found])]):
        return tf.identity(value)
