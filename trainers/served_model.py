"""A language model as a SavedModel that TensorFlow alone can serve."""

import os

import keras
import keras_hub
import tensorflow as tf

from tf_vmfvae.generation.decoding import decode_ids
from tf_vmfvae.layers.straight_line import straight_line
from tf_vmfvae.layers.word_tokenizer import END_ID, PADDING_ID
from tf_vmfvae.models import LanguageModel

TEXTS = tf.TensorSpec([None], tf.string)
TEXT = tf.TensorSpec([], tf.string)
NUMBER = tf.TensorSpec([], tf.int32)
LABELS = tf.TensorSpec([None], tf.int32)


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

    Args:
        model: a `LanguageModel`.
        max_words: int. A sentence is cut after so many words.

    Attributes:
        signatures: what a loaded model offers, by name: what each function takes.
    """

    def __init__(self, model: LanguageModel, max_words: int = 60):
        self._model = model
        self._max_words = max_words
        self._greedy = keras_hub.samplers.get("greedy")
        self._random = keras_hub.samplers.RandomSampler(seed=0)
        self._vocabulary = tf.constant(["", *model.tokenizer.vocabulary])
        labels = [LABELS] if model.condition == "label" else []
        told = [TEXTS] if model.condition == "bow" else labels
        self.signatures = {
            "encode": [TEXTS, *labels],
            "reconstruct": [TEXTS, *labels],
            "sample": [NUMBER, NUMBER, *told],
            "interpolate": [TEXT, TEXT, NUMBER, *labels],
            "score": [TEXTS, NUMBER, NUMBER, *labels],
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
        return self._locations(self._ids(texts, labels))

    def reconstruct(self, texts, labels=None):
        ids = self._ids(texts, labels)
        return self._decode(self._greedy, self._locations(ids), self._conditions(ids))

    def sample(self, count, seed, told=None):
        state = self._random.seed_generator.state
        state.assign(tf.cast(tf.stack([seed, 0]), state.dtype))
        z = self._model.latent.prior().sample(count, seed=tf.stack([seed, 0]))
        conditions = None
        if told is not None:
            texts = told if told.dtype == tf.string else tf.fill(tf.shape(told), "")
            conditions = self._conditions(self._ids(texts, told))
            shape = [count, conditions.shape[-1]]
            conditions = tf.broadcast_to(conditions, shape)
        return self._decode(self._random, z, conditions)

    def interpolate(self, start, end, steps, labels=None):
        ids = self._ids(tf.stack([start, end]), labels)
        ends, conditions = self._locations(ids), self._conditions(ids)
        z = self._model.latent.interpolate(ends[0], ends[1], steps)
        if conditions is not None:
            conditions = straight_line(conditions[0], conditions[1], steps)
        return self._decode(self._greedy, z, conditions)

    def score(self, texts, samples, seed, labels=None):
        ids = self._ids(texts, labels)
        latent = self._model.latent
        posterior = latent.posterior(self._model.encoder(ids, training=False))
        total = tf.zeros(tf.shape(texts))
        # One sample after the other: memory does not rise with their number.
        for number in tf.range(samples):
            z = posterior.sample(seed=tf.stack([seed, number]))
            total += self._model.likelihood([ids, z], training=False)
        reconstruction = total / tf.cast(samples, tf.float32)
        kl = latent.kl(posterior)
        return {
            "nll": reconstruction + kl,
            "reconstruction": reconstruction,
            "kl": kl,
            "words": self._model.count_words(ids),
        }

    def _ids(self, texts, labels):
        """What the model reads, padded; `LanguageModel.to_ids` for graphs."""
        ids = self._model.tokenizer(texts).to_tensor()
        if self._model.condition != "label":
            return ids
        last = self._model.num_labels - 1
        checks = [
            tf.debugging.assert_non_negative(labels, f"labels are 0 to {last}"),
            tf.debugging.assert_less_equal(labels, last, f"labels are 0 to {last}"),
        ]
        with tf.control_dependencies(checks):
            return tf.concat([labels[:, None] + 1, ids], axis=1)

    def _locations(self, ids):
        return self._model.latent.location(self._model.encoder(ids, training=False))

    def _conditions(self, ids):
        """What the decoder is told beside the code, or `None`."""
        conditioner = self._model.conditioner
        return None if conditioner is None else conditioner(ids, training=False)

    def _decode(self, sampler, z, conditions):
        context = self._model.context(z, conditions)
        ids = decode_ids(self._model, sampler, z, context, self._max_words)
        # A sampler may fill up what comes after the end with anything.
        stops = tf.cast((ids == END_ID) | (ids == PADDING_ID), tf.int32)
        before = tf.cumsum(stops, axis=1) == 0
        words = tf.ragged.boolean_mask(tf.gather(self._vocabulary, ids), before)
        return tf.strings.reduce_join(words, axis=-1, separator=" ")
