"""A language model as a SavedModel that TensorFlow alone can serve."""

import os

import keras
import keras_hub
import tensorflow as tf

from tf_vmfvae.generation.decoding import decode_ids
from tf_vmfvae.layers.word_tokenizer import END_ID, PADDING_ID
from tf_vmfvae.models import LanguageModel

TEXTS = tf.TensorSpec([None], tf.string)
TEXT = tf.TensorSpec([], tf.string)
NUMBER = tf.TensorSpec([], tf.int32)


class ServedModel:
    """A language model whose signatures take and give strings.

    `encode(texts)` gives locations, `(texts, latent_dim)`; `reconstruct(texts)`,
    `sample(count, seed)` and `interpolate(start, end, steps)` give texts;
    `score(texts, samples, seed)` gives, for each text, minus the evidence lower bound
    averaged over so many codes (`"nll"`), its parts and the number of words with
    `<eos>`. Reconstructions and interpolations are greedy, samples the model's own.

    Args:
        model: a `LanguageModel` that is told nothing beside the code.
        max_words: int. A sentence is cut after so many words.

    Raises:
        ValueError: if the decoder is told something beside the code.

    Attributes:
        names: what a loaded model offers.
    """

    names = ("encode", "reconstruct", "sample", "interpolate", "score")

    def __init__(self, model: LanguageModel, max_words: int = 60):
        if model.condition != "none":
            raise ValueError(
                f"condition is {model.condition}: only models that are told nothing "
                "beside the code can be exported"
            )
        self._model = model
        self._max_words = max_words
        self._greedy = keras_hub.samplers.get("greedy")
        self._random = keras_hub.samplers.RandomSampler(seed=0)
        self._vocabulary = tf.constant(["", *model.tokenizer.vocabulary])

    def save(self, folder: str | os.PathLike) -> None:
        """Writes the SavedModel."""
        archive = keras.export.ExportArchive()
        archive.track(self._model)
        archive.track(self._model.tokenizer)
        for name in self.names:
            function = getattr(self, name)
            function.get_concrete_function()
            archive.add_endpoint(name, function)
        archive.write_out(os.fspath(folder), verbose=False)

    @tf.function(input_signature=[TEXTS])
    def encode(self, texts):
        return self._model.latent.location(self._hidden(texts)[1])

    @tf.function(input_signature=[TEXTS])
    def reconstruct(self, texts):
        return self._decode(self._greedy, self.encode(texts))

    @tf.function(input_signature=[NUMBER, NUMBER])
    def sample(self, count, seed):
        state = self._random.seed_generator.state
        state.assign(tf.cast(tf.stack([seed, 0]), state.dtype))
        z = self._model.latent.prior().sample(count, seed=tf.stack([seed, 0]))
        return self._decode(self._random, z)

    @tf.function(input_signature=[TEXT, TEXT, NUMBER])
    def interpolate(self, start, end, steps):
        ends = self.encode(tf.stack([start, end]))
        z = self._model.latent.interpolate(ends[0], ends[1], steps)
        return self._decode(self._greedy, z)

    @tf.function(input_signature=[TEXTS, NUMBER, NUMBER])
    def score(self, texts, samples, seed):
        ids, hidden = self._hidden(texts)
        latent = self._model.latent
        posterior = latent.posterior(hidden)
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

    def _hidden(self, texts):
        ids = self._model.tokenizer(texts).to_tensor()
        return ids, self._model.encoder(ids, training=False)

    def _decode(self, sampler, z):
        context = self._model.context(z)
        ids = decode_ids(self._model, sampler, z, context, self._max_words)
        # A sampler may fill up what comes after the end with anything.
        stops = tf.cast((ids == END_ID) | (ids == PADDING_ID), tf.int32)
        before = tf.cumsum(stops, axis=1) == 0
        words = tf.ragged.boolean_mask(tf.gather(self._vocabulary, ids), before)
        return tf.strings.reduce_join(words, axis=-1, separator=" ")
