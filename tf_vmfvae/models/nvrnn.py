"""The recurrent language model with a code for the whole sentence."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tf_vmfvae import generation
from tf_vmfvae.layers import Latent, WordDropout, WordSoftmax, WordTokenizer
from tf_vmfvae.layers.word_tokenizer import END_ID, PADDING_ID
from tf_vmfvae.models.vae import VAE


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class NVRNN(VAE):
    """The neural variational RNN language model of Xu and Durrett (2018).

    An LSTM encoder reads the sentence; its last state `h, c` gives the posterior.
    The code sets the initial state of an LSTM decoder by two linear maps and is
    read by it at every step, beside the previous word. With a latent of no
    dimensions the encoder is left out: a plain LSTM language model.

    Args:
        vocabulary: sequence of words; `<unk>` and `<eos>` are added if missing.
        latent: a `tf_vmfvae.layers.Latent`.
        embedding_dim: int. Width of the word embeddings, which encoder and
            decoder share.
        hidden_dim: int. Width of both LSTMs.
        word_dropout: float in [0, 1]. Probability that the decoder reads `<unk>`
            in place of a previous word; 1 is the Inputless setting.
        dropout: float in [0, 1). Dropout on the embeddings and on the decoder's
            outputs, in training.
        tie_embeddings: bool. Whether the embeddings serve as the output weights
            too, by way of a linear map of the decoder's outputs to their width.
        seed: int or `None`. Seed of initial weights and of dropout's noise.
        **kwargs: other arguments of `keras.Model`.

    Call arguments:
        ids: int32 tensor of shape `(batch, time)` as `model.tokenizer` gives it:
            padded with 0, each sentence ending in `<eos>`.

    Returns:
        A dictionary of `"reconstruction"` and `"kl"`, each of shape `(batch,)`, in
        nats; see `VAE`.

    Attributes:
        tokenizer: `WordTokenizer`, from raw text to ids.
        encoder: functional model, ids to hidden features.
        latent: the latent layer.
        decoder: functional model, `[ids, z]` to the logits of each next word,
            `(batch, time, words)`; entry `i` belongs to id `i + 1`.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(8, kappa=20.0, seed=1)
    >>> words = ["profit", "rose", "fell"]
    >>> model = tf_vmfvae.models.NVRNN(words, latent, hidden_dim=16, seed=1)
    >>> model.encode(["profit rose", "profit fell"]).shape
    (2, 8)
    >>> ids = model.tokenizer(["profit rose", "fell"]).to_tensor()
    >>> outputs = model(ids)
    >>> tuple(outputs["reconstruction"].shape), round(float(outputs["kl"][0]), 4)
    ((2,), 4.486)
    """

    def __init__(
        self,
        vocabulary: Sequence[str],
        latent: Latent,
        embedding_dim: int = 200,
        hidden_dim: int = 400,
        word_dropout: float = 0.0,
        dropout: float = 0.5,
        tie_embeddings: bool = True,
        seed: int | None = None,
        **kwargs,
    ):
        # === Layers ===
        self.tokenizer = WordTokenizer(vocabulary, name="tokenizer")
        seeds = _seeds(seed)
        self.embedding = keras.layers.Embedding(
            self.tokenizer.vocabulary_size + 1,
            embedding_dim,
            embeddings_initializer=keras.initializers.RandomUniform(
                -0.1, 0.1, seed=next(seeds)
            ),
            name="embedding",
        )
        self.embedding_dropout = keras.layers.Dropout(dropout, seed=next(seeds))
        # A code of no dimensions leaves nothing to encode.
        self.encoder_rnn = latent.latent_dim and keras.layers.LSTM(
            hidden_dim,
            return_state=True,
            kernel_initializer=_glorot(seeds),
            recurrent_initializer=_orthogonal(seeds),
            name="encoder_rnn",
        )
        self.latent = latent
        self.word_dropout_layer = WordDropout(word_dropout, seed=next(seeds))
        self.initial_h = keras.layers.Dense(
            hidden_dim, kernel_initializer=_glorot(seeds), name="initial_h"
        )
        self.initial_c = keras.layers.Dense(
            hidden_dim, kernel_initializer=_glorot(seeds), name="initial_c"
        )
        self.decoder_rnn = keras.layers.LSTM(
            hidden_dim,
            return_sequences=True,
            kernel_initializer=_glorot(seeds),
            recurrent_initializer=_orthogonal(seeds),
            name="decoder_rnn",
        )
        self.output_dropout = keras.layers.Dropout(dropout, seed=next(seeds))
        self.output_map = keras.layers.Dense(
            embedding_dim if tie_embeddings else hidden_dim,
            kernel_initializer=_glorot(seeds),
            name="output_map",
        )
        self.softmax = WordSoftmax(
            self.tokenizer.vocabulary_size,
            embedding=self.embedding if tie_embeddings else None,
            kernel_initializer=_glorot(seeds),
            name="softmax",
        )

        # === Functional model ===
        ids = keras.Input((None,), dtype="int32", name="ids")
        self.encoder = keras.Model(ids, self._encode(ids), name="encoder")
        z = keras.Input((latent.latent_dim,), name="z")
        features = self._decode(ids, z)
        self.decoder = keras.Model([ids, z], self.softmax(features), name="decoder")
        self.likelihood = keras.Model(
            [ids, z], ops.sum(self.softmax(features, ids), axis=-1), name="likelihood"
        )
        z, kl = latent(self.encoder(ids))
        outputs = {"reconstruction": self.likelihood([ids, z]), "kl": kl}
        super().__init__(inputs=ids, outputs=outputs, **kwargs)

        # === Config ===
        self.embedding_dim = embedding_dim
        self.hidden_dim = hidden_dim
        self.word_dropout = word_dropout
        self.dropout = dropout
        self.tie_embeddings = tie_embeddings
        self.seed = seed

    def _encode(self, ids):
        if not self.encoder_rnn:
            return ops.cast(ids[:, :0], "float32")
        embedded = self.embedding_dropout(self.embedding(ids))
        _, h, c = self.encoder_rnn(embedded, mask=ops.not_equal(ids, PADDING_ID))
        return ops.concatenate([h, c], axis=-1)

    def _decode(self, ids, z):
        start = ops.full_like(ids[:, :1], END_ID)
        previous = ops.concatenate([start, ids[:, :-1]], axis=1)
        embedded = self.embedding_dropout(
            self.embedding(self.word_dropout_layer(previous))
        )
        code = ops.expand_dims(z, 1) * ops.ones_like(embedded[:, :, :1])
        outputs = self.decoder_rnn(
            ops.concatenate([embedded, code], axis=-1),
            initial_state=self.initial_state(z),
        )
        return self.output_map(self.output_dropout(outputs))

    def initial_state(self, z):
        """Returns the decoder's state before the first word, `[h, c]`."""
        return [self.initial_h(z), self.initial_c(z)]

    def step(self, previous, z, state):
        """Takes the decoder one word further.

        Args:
            previous: int32 ids of the previous words, `(batch,)`.
            z: codes, `(batch, latent_dim)`.
            state: `[h, c]`, each `(batch, hidden_dim)`.

        Returns:
            The logits of the next word, `(batch, words)`, where entry `i` belongs
            to id `i + 1`, and the new state.
        """
        embedded = self.embedding(self.word_dropout_layer(previous))
        inputs = ops.concatenate([embedded, z], axis=-1)
        output, state = self.decoder_rnn.cell(inputs, state)
        return self.softmax(self.output_map(output)), state

    def count_words(self, inputs):
        return tf.reduce_sum(tf.cast(inputs != PADDING_ID, tf.float32), axis=-1)

    def encode(self, texts: Sequence[str], batch_size: int = 64) -> np.ndarray:
        """Returns where the posterior of each text lies.

        Args:
            texts: raw sentences, words set off by spaces.
            batch_size: int. How many texts are encoded at once.

        Returns:
            A float32 array of shape `(texts, latent_dim)`: mean directions for a
            spherical code, means for a Gaussian one.
        """
        locations = np.zeros((len(texts), self.latent.latent_dim), "float32")
        for start in range(0, len(texts), batch_size):
            ids = self.tokenizer(list(texts[start : start + batch_size])).to_tensor()
            locations[start : start + batch_size] = self.latent.location(
                self.encoder(ids)
            )
        return locations

    def generate(self, count: int, **options) -> list[str]:
        """Returns sentences decoded from codes of the prior.

        See `tf_vmfvae.generation.generate` for the options.
        """
        return generation.generate(self, count, **options)

    def reconstruct(self, texts: Sequence[str], **options) -> list[str]:
        """Returns for each text what the decoder makes of its code.

        See `tf_vmfvae.generation.reconstruct` for the options.
        """
        return generation.reconstruct(self, texts, **options)

    def interpolate(self, start: str, end: str, steps: int = 7, **options) -> list[str]:
        """Returns sentences decoded on the way from one text's code to another's.

        See `tf_vmfvae.generation.interpolate` for the options.
        """
        return generation.interpolate(self, start, end, steps, **options)

    def get_config(self):
        return {
            "vocabulary": self.tokenizer.vocabulary,
            "latent": keras.saving.serialize_keras_object(self.latent),
            "embedding_dim": self.embedding_dim,
            "hidden_dim": self.hidden_dim,
            "word_dropout": self.word_dropout,
            "dropout": self.dropout,
            "tie_embeddings": self.tie_embeddings,
            "seed": self.seed,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        config["latent"] = keras.saving.deserialize_keras_object(
            config["latent"], custom_objects=custom_objects
        )
        return cls(**config)


def _seeds(seed):
    """Yields a seed of its own for each place that draws, or `None` for ever."""
    while True:
        yield seed
        seed = None if seed is None else seed + 1


def _glorot(seeds):
    return keras.initializers.GlorotUniform(seed=next(seeds))


def _orthogonal(seeds):
    return keras.initializers.Orthogonal(seed=next(seeds))
