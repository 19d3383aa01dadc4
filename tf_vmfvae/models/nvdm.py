"""The document model: a bag of words and its code."""

import functools
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tf_vmfvae.data import Documents
from tf_vmfvae.data.documents.document_words import count_words
from tf_vmfvae.layers import (
    BagDense,
    BagNLL,
    BurstyBagNLL,
    CodeScale,
    Dense,
    Dropout,
    Latent,
    MeanOverCodes,
    WordCounts,
)
from tf_vmfvae.models.precision import dtype_policy_scope
from tf_vmfvae.models.seeds import seeds_from
from tf_vmfvae.models.vae import VAE
from tf_vmfvae.text import as_texts, as_vocabulary, name_place

# What the encoder reads in place of the counts.
TRANSFORMS = {
    "counts": lambda counts: counts,
    "log": ops.log1p,
    "binary": lambda counts: ops.minimum(counts, 1.0),
}


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class NVDM(VAE):
    """The neural variational document model (Miao et al. 2016; Xu and Durrett 2018).

    A perceptron reads the document's word counts, its last layer gives the posterior
    of the code, and a second perceptron maps the code to one distribution over the
    vocabulary, from which all words of the document are drawn. A word's order is
    neither read nor written.

    Args:
        vocabulary: sequence of words; a word's id is its index plus 1. See
            `tf_vmfvae.text.listed_words` for how the words of raw texts are matched.
        latent: a `tf_vmfvae.layers.Latent`.
        hidden_dim: int. Width of the hidden layers.
        encoder_layers: int, at least 1. Hidden layers of the encoder.
        decoder_layers: int. Hidden layers of the decoder; 0 for a linear one.
        activation: str. Activation of the hidden layers, a name that Keras knows.
        input_transform: `"counts"`, `"log"` for `log(1 + count)`, or `"binary"`.
        input_dropout: float in [0, 1). Share of its words that the encoder does not
            see in training; the decoder has to tell them all.
        dropout: float in [0, 1). Dropout on the decoder's hidden layers, in training.
        scale_code: bool. Whether each coordinate of the code is multiplied by a
            learned number, at first one that makes codes of the prior of unit
            variance.
        bursts: bool. Whether words are drawn from an urn that remembers, so that a
            word used once is likelier to be used again (`BurstyBagNLL`); otherwise
            each is drawn anew from the softmax, as in the papers.
        samples: int, at least 1. Codes a document in training, half of them the mirror
            images of the others, each decoded by itself; their bounds are averaged,
            which takes noise out of the gradient and is a bound too. Outside training
            there is one.
        seed: int or `None`. Seed of initial weights and of dropout's noise.
        dtype: dtype policy of all layers, such as `"mixed_bfloat16"`, that of a latent
            made without a `dtype` included; by default Keras's global one.
        name: str or `None`. The model's name.
        trainable: bool. Whether the weights are trained.

    Call arguments:
        pairs: int32 tensor of shape `(batch, pairs, 2)`: word ids and counts, padded
            with zeros, no word twice in a row, as `tf_vmfvae.data.DocumentBatches`
            gives it.

    Returns:
        A dictionary of `"reconstruction"` and `"kl"`, each of shape `(batch,)`, in
        nats; see `VAE`.

    Raises:
        ValueError: if `input_transform` is unknown, there is no encoder layer, no
            sample, or a word is empty, not text, or listed twice.

    Attributes:
        vocabulary: list of the words.
        encoder: functional model, pairs to hidden features; the last one is the log of
            the document's length in hundreds of words, for latents that go by it.
        latent: the latent layer.
        decoder: functional model, codes to logits, `(batch, words)`; entry `i` belongs
            to id `i + 1`.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(8, kappa=20.0, seed=1)
    >>> words = ["profit", "rose", "fell"]
    >>> model = tf_vmfvae.models.NVDM(words, latent, hidden_dim=16, seed=1)
    >>> model.transform(["Profit rose.", "The profit fell, and fell."]).shape
    (2, 8)
    >>> outputs = model(np.array([[[1, 1], [3, 2]]], "int32"))
    >>> tuple(outputs["reconstruction"].shape), round(float(outputs["kl"][0]), 4)
    ((1,), 4.486)
    """

    def __init__(
        self,
        vocabulary: Sequence[str],
        latent: Latent,
        hidden_dim: int = 400,
        encoder_layers: int = 2,
        decoder_layers: int = 1,
        activation: str = "relu",
        input_transform: str = "log",
        input_dropout: float = 0.0,
        dropout: float = 0.0,
        scale_code: bool = True,
        bursts: bool = False,
        samples: int = 1,
        seed: int | None = None,
        dtype=None,
        name: str | None = None,
        trainable: bool = True,
    ):
        if input_transform not in TRANSFORMS:
            raise ValueError(
                f"input_transform is {input_transform!r}: choose one of "
                + ", ".join(TRANSFORMS)
            )
        if encoder_layers < 1:
            raise ValueError(f"encoder_layers is {encoder_layers}: give at least 1")
        if samples < 1:
            raise ValueError(f"samples is {samples}: give at least 1")
        words = as_vocabulary(vocabulary)

        # === Config ===
        self.vocabulary = words
        self.hidden_dim = hidden_dim
        self.encoder_layers = encoder_layers
        self.decoder_layers = decoder_layers
        self.activation = activation
        self.input_transform = input_transform
        self.input_dropout = input_dropout
        self.dropout = dropout
        self.scale_code = scale_code
        self.bursts = bursts
        self.samples = samples
        self.seed = seed

        with dtype_policy_scope(dtype):
            latent.follow_dtype_policy(keras.config.dtype_policy())
            self._make_layers(latent)
            pairs, outputs = self._connect()
            super().__init__(pairs, outputs, name=name, trainable=trainable)

    def _make_layers(self, latent):
        words = len(self.vocabulary)
        seeds = seeds_from(self.seed)

        def dense(units, name, activation=None, kind=Dense, **options):
            return kind(
                units=units,
                activation=activation,
                kernel_initializer=keras.initializers.GlorotUniform(next(seeds)),
                name=name,
                **options,
            )

        self.word_counts = WordCounts(words, name="word_counts")
        self.input_dropout_layer = Dropout(self.input_dropout, seed=next(seeds))
        first = functools.partial(BagDense, words)
        kinds = [first, *[Dense] * (self.encoder_layers - 1)]
        # A code of no dimensions leaves nothing to encode.
        self.encoder_mlp = [
            dense(self.hidden_dim, f"encoder_{i}", self.activation, kind)
            for i, kind in enumerate(kinds if latent.latent_dim else [])
        ]
        self.latent = latent
        self.code_scale = (
            CodeScale.of(latent, name="code_scale")
            if self.scale_code
            else keras.layers.Identity(name="no_code_scale")
        )
        self.decoder_mlp = [
            dense(self.hidden_dim, f"decoder_{i}", self.activation)
            for i in range(self.decoder_layers)
        ]
        self.dropout_layer = Dropout(self.dropout, seed=next(seeds))
        self.logits = dense(words, "logits")

    def _connect(self):
        """The functional model: its inputs and its outputs."""
        latent = self.latent
        pairs = keras.Input((None, 2), dtype="int32", name="pairs")
        ids, counts = pairs[..., 0], ops.cast(pairs[..., 1], latent.variable_dtype)
        hidden = length = _log_length(counts)
        if self.encoder_mlp:
            seen = self.input_dropout_layer(TRANSFORMS[self.input_transform](counts))
            hidden = self.encoder_mlp[0](ids, seen)
            for layer in self.encoder_mlp[1:]:
                hidden = layer(hidden)
            hidden = ops.concatenate([hidden, length], axis=-1)
        self.encoder = keras.Model(pairs, hidden, name="encoder")
        z = keras.Input((latent.latent_dim,), dtype=latent.variable_dtype, name="z")
        features = self.code_scale(z)
        for layer in self.decoder_mlp:
            features = self.dropout_layer(layer(features))
        self.decoder = keras.Model(z, self.logits(features), name="decoder")
        logits = self.decoder(z)
        if self.bursts:
            nll = BurstyBagNLL(name="bursty_bag_nll")(logits, pairs)
        else:
            nll = BagNLL()(logits, self.word_counts(pairs))
        nll = MeanOverCodes(name="mean_over_codes")(nll, pairs)
        self.likelihood = keras.Model([pairs, z], nll, name="likelihood")
        z, kl = latent(self.encoder(pairs), codes=self.samples)
        return pairs, {"reconstruction": self.likelihood([pairs, z]), "kl": kl}

    def is_example(self, inputs):
        return tf.reduce_any(inputs[..., 0] != 0, axis=-1)

    def count_words(self, inputs):
        return tf.reduce_sum(tf.cast(inputs[..., 1], tf.float32), axis=-1)

    def adapt(self, documents: Documents) -> None:
        """Starts the decoder at how often each word occurs, before training.

        Otherwise the first epochs go by learning it, at Adam's pace a bias: for
        frequent words and rare ones it lies ten nats apart.

        Args:
            documents: the training documents.
        """
        ids, counts = documents.pairs[:, 0], documents.pairs[:, 1]
        words = len(self.vocabulary)
        # Every word once more, so that none is impossible.
        frequencies = 1.0 + np.bincount(ids - 1, weights=counts, minlength=words)
        self.logits.bias.assign(np.log(frequencies / frequencies.sum()))

    def encode(
        self, documents: Documents | Sequence[str], batch_size: int = 256
    ) -> np.ndarray:
        """Returns where the posterior of each document lies.

        Args:
            documents: bags of words over this model's vocabulary, or raw texts: a
                list, array or Series of strings. One without a known word has the code
                that the encoder gives to nothing.
            batch_size: int. How many documents are encoded at once.

        Returns:
            A float32 array of shape `(documents, latent_dim)`: mean directions for a
            spherical code, means for a Gaussian one.

        Raises:
            ValueError: if `documents` is a single string or one of its elements is not
                text, or a word of the vocabulary contains white space.
        """
        if not isinstance(documents, Documents):
            texts = as_texts(documents, "documents")
            documents = count_words(texts, self.vocabulary)
        return np.concatenate(
            [np.zeros((0, self.latent.latent_dim), "float32")]
            + [
                self.latent.location(self.encoder(pairs))
                for pairs in documents.padded(batch_size)
            ]
        )

    def transform(self, texts: Sequence[str], batch_size: int = 256) -> np.ndarray:
        """Returns the codes of raw documents, as `encode` does, each of them sound.

        Args:
            texts: raw documents: a list, array or Series of strings.
            batch_size: int. How many documents are encoded at once.

        Returns:
            As `encode`.

        Raises:
            ValueError: if a document has no word that the model knows; names the
                first of them. Also as for `encode`.
        """
        raw = as_texts(texts)
        documents = count_words(raw, self.vocabulary)
        empty = np.flatnonzero(np.diff(documents.row_splits) == 0)
        if empty.size:
            first = empty[0]
            start = repr(" ".join(raw[first].split())[:40])
            name = ", ".join(filter(None, (name_place(texts, first), start)))
            raise ValueError(
                f"document {first + 1} of {len(raw)} ({name}) has no word of the "
                f"model's vocabulary ({empty.size} such in all): leave it out"
            )
        return self.encode(documents, batch_size)

    def get_config(self):
        return {
            "vocabulary": self.vocabulary,
            "hidden_dim": self.hidden_dim,
            "encoder_layers": self.encoder_layers,
            "decoder_layers": self.decoder_layers,
            "activation": self.activation,
            "input_transform": self.input_transform,
            "input_dropout": self.input_dropout,
            "dropout": self.dropout,
            "scale_code": self.scale_code,
            "bursts": self.bursts,
            "samples": self.samples,
            "seed": self.seed,
            **super().get_config(),
        }


def _log_length(counts):
    """Log of the hundreds of words, `(batch, 1)`; that of one word for empty rows."""
    words = ops.sum(counts, axis=-1, keepdims=True)
    return ops.log(ops.maximum(words, 1.0) / 100.0)
