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

# Of any shape: a wrong one is refused in the graph. Where TensorFlow 2.21 refuses it by
# the signature, the function stays locked and calls from other threads never return.
STRINGS = tf.TensorSpec(None, tf.string)
NUMBERS = tf.TensorSpec(None, tf.int32)


class ServedModel:
    """A language model whose signatures take and give strings.

    `encode(texts)` gives locations, `(texts, latent_dim)`; `reconstruct(texts)`,
    `sample(count, seed)` and `interpolate(start, end, steps)` give texts;
    `score(texts, samples, seed)` gives, for each text, minus the evidence lower bound
    averaged over so many codes (`"nll"`), its parts and the number of words with
    `<eos>`. Reconstructions and interpolations are greedy, samples the model's own.

    A model that is told labels takes them last: `labels`, one a text, for
    `interpolate` those of both ends. For `sample` it is `told`, one for all or one
    each: labels or, with `condition="bow"`, the texts whose words are told.

    Nothing that is served has a state: calls at the same time do not see each other,
    and a seed, any int32, always gives the same answer, the Keras model's own. No texts
    in are no answers out. An argument that is out of range is an
    `InvalidArgumentError` that names it.

    Args:
        model: a `LanguageModel`.
        max_words: int. A sentence is cut after so many words.

    Attributes:
        signatures: what a loaded model offers, by name: what each function takes.
    """

    def __init__(self, model: LanguageModel, max_words: int = 60):
        self._model = model
        self._max_words = max_words
        words = model.tokenizer.vocabulary
        self._greedy = StatelessSampler("greedy", len(words))
        self._random = StatelessSampler("random", len(words))
        self._vocabulary = tf.constant(["", *words])
        labels = [NUMBERS] if model.needs_labels else []
        told = [STRINGS] if model.needs_texts else labels
        self.signatures = {
            "encode": [STRINGS, *labels],
            "reconstruct": [STRINGS, *labels],
            "sample": [NUMBERS, NUMBERS, *told],
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

    def sample(self, count, seed, told=None):
        count, seed = _at_least(0, "count", count), tf.ensure_shape(seed, [])
        z = self._model.latent.prior().sample(count, seed=codes_seed(seed))
        conditions = None
        if told is not None:
            told = tf.ensure_shape(told, [None])
            given = tf.size(told)
            one_or_each = (given == 1) | (given == count)
            told = _checked(
                told,
                one_or_each,
                "told: give one for all samples or one each, not",
                given,
            )
            texts = told if told.dtype == tf.string else tf.fill([given], "")
            conditions = self._conditions(self._padded(texts, told, "told"))[:given]
            shape = [count, conditions.shape[-1]]
            conditions = tf.broadcast_to(conditions, shape)
        return self._decode(self._random, z, conditions, tf.cast(seed, tf.int64))

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
        """What the model reads, ragged; `LanguageModel.to_ids` for graphs."""
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
        """Ids of at least one row: not every layer can do without."""
        ids = self._ids(texts, labels, name).to_tensor()
        missing = tf.cast(tf.size(texts) == 0, tf.int32)
        # What a row in nobody's place says does not matter; every model knows this id.
        return tf.pad(ids, [[0, missing], [0, 2 * missing]], constant_values=UNKNOWN_ID)

    def _locations(self, ids):
        return self._model.latent.location(self._model.encoder(ids, training=False))

    def _conditions(self, ids):
        """What the decoder is told beside the code, or `None`."""
        conditioner = self._model.conditioner
        return None if conditioner is None else conditioner(ids, training=False)

    def _decode(self, sampler, z, conditions, seed=0):
        context = self._model.context(z, conditions)
        ids = decode_ids(self._model, sampler, z, context, self._max_words, seed)
        # A sampler may fill up what comes after the end with anything.
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
    """The value; what reads it waits for the condition to hold."""
    with tf.control_dependencies([tf.debugging.Assert(condition, [message, found])]):
        return tf.identity(value)
