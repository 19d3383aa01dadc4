"""The document model: a VAE of bags of words."""

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tf_vmfvae.data import Documents, StoredDocuments
from tf_vmfvae.data.documents.bag_of_words import count_words
from tf_vmfvae.layers import (
    BagDense,
    BagNLL,
    BurstyBagNLL,
    CodeScale,
    Dropout,
    Latent,
    MeanOverCodes,
    WordCounts,
)
from tf_vmfvae.models.constructor_arguments import (
    check_counts,
    check_dropout,
    check_latent,
)
from tf_vmfvae.models.document_preprocessor import (
    DocumentPreprocessor,
    known_documents,
)
from tf_vmfvae.models.dtype_policy_scope import dtype_policy_scope
from tf_vmfvae.models.seeded_layers import dense, seeds_from
from tf_vmfvae.models.vae import VAE
from tf_vmfvae.ops.arguments import whole_number
from tf_vmfvae.ops.log_length import log_length
from tf_vmfvae.text import as_texts, as_vocabulary

LEAST = {"hidden_dim": 1, "encoder_layers": 1, "decoder_layers": 0, "codes": 1}
# What the encoder reads of the counts.
TRANSFORMS = {
    "counts": lambda counts: counts,
    "log": ops.log1p,
    "binary": lambda counts: ops.minimum(counts, 1.0),
}


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class NVDM(VAE):
    """The neural variational document model (Miao et al. 2016; Xu and Durrett 2018).

    A perceptron reads the document's word counts, and its last layer gives the
    posterior of the code. A second perceptron maps the code to a distribution over the
    vocabulary, from which all words of the document are drawn. The order of the words
    plays no part.

    Args:
        vocabulary: sequence of words; a word's id is its index plus 1. See
            `tf_vmfvae.text.listed_words` for how words of raw texts are matched.
        latent: a `tf_vmfvae.layers.Latent`.
        hidden_dim: int. Width of the hidden layers.
        encoder_layers: int, at least 1. Number of hidden layers of the encoder.
        decoder_layers: int. Number of hidden layers of the decoder; 0 for a linear one.
        activation: str. Activation of the hidden layers, a name that Keras knows.
        input_transform: what the encoder reads of each count: the `"counts"` itself,
            `"log"` for `log(1 + count)`, or `"binary"` for whether the word occurs.
        input_dropout: float in [0, 1). Share of the words that are hidden from the
            encoder in training; the decoder still has to predict them.
        dropout: float in [0, 1). Dropout on the decoder's hidden layers, in training.
        scale_code: bool. Whether each coordinate of the code is multiplied by a learned
            factor. At first the factors give codes of the prior unit variance.
        bursts: bool. Whether a word that has occurred in a document becomes more likely
            to occur again (`BurstyBagNLL`); otherwise all words are drawn independently
            from the softmax, as in the papers.
        codes: int, at least 1. Number of codes of a document in training, half of them
            the mirror images of the others. The average of their bounds is a bound,
            too, with less noise in its gradient. Outside training there is one code.
        seed: int or `None`. Seed of initial weights and of dropout's noise.
        dtype: dtype policy of all layers, such as `"mixed_bfloat16"`, including a
            latent that was made without a `dtype`; by default Keras's global policy.
        name: str or `None`. The model's name.
        trainable: bool. Whether the weights are trained.

    Call arguments:
        pairs: int32 tensor of shape `(batch, pairs, 2)`: word ids and counts, padded
            with zeros, each word at most once in a row. See
            `tf_vmfvae.data.DocumentBatches`.

    Returns:
        A dictionary of `"reconstruction"` and `"kl"`, each of shape `(batch,)`, in
        nats; see `VAE`.

    Raises:
        ValueError: if an argument is out of its range, or a word is empty, not text, or
            occurs twice.

    Attributes:
        vocabulary: list of the words.
        preprocessor: `DocumentPreprocessor`, from raw text to pairs; see
            `UnsupervisedModel`.
        encoder: functional model from pairs to hidden features. The last feature is the
            log of the document's length in hundreds of words, which some latents use.
        decoder: functional model from codes to logits, `(batch, words)`; entry `i`
            belongs to id `i + 1`.
        likelihood: functional model from `[pairs, z]` to `-log p(x|z)`, `(batch,)`.

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
        codes: int = 1,
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

        # === Config ===
        self.vocabulary = as_vocabulary(vocabulary)
        self.hidden_dim = hidden_dim
        self.encoder_layers = encoder_layers
        self.decoder_layers = decoder_layers
        self.activation = activation
        self.input_transform = input_transform
        self.input_dropout = input_dropout
        self.dropout = dropout
        self.scale_code = scale_code
        self.bursts = bursts
        self.codes = codes
        self.seed = seed
        check_latent(latent)
        check_counts(self, LEAST)
        check_dropout(self, ("input_dropout", "dropout"))

        with dtype_policy_scope(dtype):
            # === Layers ===
            latent.follow_dtype_policy(keras.config.dtype_policy())
            self._make_layers(latent, seeds_from(seed))

            self.preprocessor = DocumentPreprocessor(self.vocabulary)

            # === Functional models ===
            pairs = keras.Input((None, 2), dtype="int32", name="pairs")
            z = keras.Input((latent.latent_dim,), dtype=latent.variable_dtype, name="z")
            self.encoder = keras.Model(pairs, self._encode(pairs), name="encoder")
            self.decoder = keras.Model(z, self._decode(z), name="decoder")
            nll = self._nll(self.decoder(z), pairs)
            self.likelihood = keras.Model([pairs, z], nll, name="likelihood")
            z, kl = self.draw_codes(self.encoder(pairs), pairs, codes)
            outputs = {"reconstruction": self.likelihood([pairs, z]), "kl": kl}
            super().__init__(pairs, outputs, name=name, trainable=trainable)

    def _make_layers(self, latent, seeds):
        # Keras lists variables in the order in which layers become attributes. Files
        # rely on it, so the order stays the same in all versions.
        words, units = len(self.vocabulary), self.hidden_dim
        self.word_counts = WordCounts(words, name="word_counts")
        self.input_dropout_layer = Dropout(self.input_dropout, seed=next(seeds))
        # An empty latent needs no encoder.
        encoder_layers = 0 if latent.is_empty else self.encoder_layers
        self.encoder_mlp = [
            dense(units, seeds, self.activation, name=f"encoder_{index}")
            if index
            else BagDense(
                words,
                units,
                self.activation,
                keras.initializers.GlorotUniform(next(seeds)),
                name="encoder_0",
            )
            for index in range(encoder_layers)
        ]
        self.latent = latent
        self.code_scale = (
            CodeScale.of(latent, name="code_scale")
            if self.scale_code
            else keras.layers.Identity(name="no_code_scale")
        )
        self.decoder_mlp = [
            dense(units, seeds, self.activation, name=f"decoder_{index}")
            for index in range(self.decoder_layers)
        ]
        self.dropout_layer = Dropout(self.dropout, seed=next(seeds))
        self.logits = dense(words, seeds, name="logits")

    def _encode(self, pairs):
        ids, counts = pairs[..., 0], ops.cast(pairs[..., 1], self.latent.variable_dtype)
        length = log_length(counts, unit=100.0)
        if not self.encoder_mlp:
            return length
        seen = self.input_dropout_layer(TRANSFORMS[self.input_transform](counts))
        hidden = self.encoder_mlp[0](ids, seen)
        for layer in self.encoder_mlp[1:]:
            hidden = layer(hidden)
        return ops.concatenate([hidden, length], axis=-1)

    def _decode(self, z):
        features = self.code_scale(z)
        for layer in self.decoder_mlp:
            features = self.dropout_layer(layer(features))
        return self.logits(features)

    def _nll(self, logits, pairs):
        if self.bursts:
            nll = BurstyBagNLL(name="bursty_bag_nll")(logits, pairs)
        else:
            nll = BagNLL()(logits, self.word_counts(pairs))
        return MeanOverCodes(name="mean_over_codes")(nll, pairs)

    def is_example(self, inputs):
        return ops.any(ops.not_equal(inputs[..., 0], 0), axis=-1)

    def count_words(self, inputs):
        return tf.reduce_sum(tf.cast(inputs[..., 1], tf.float32), axis=-1)

    def read_texts(self, texts, labels=None):
        if labels is not None:
            raise ValueError("labels: the model reads none; leave them out")
        return DocumentPreprocessor(self.vocabulary).read(texts, labels, "texts")

    def adapt(self, documents: Documents | StoredDocuments) -> None:
        """Sets the decoder's biases to the log frequencies of the words.

        These differ by ten nats between frequent and rare words, and Adam would need
        the first epochs to learn them. Call it before training.

        Args:
            documents: the training documents.
        """
        # Count every word once more, so that none is impossible.
        frequencies = np.ones(len(self.vocabulary))
        for part in documents.parts():
            ids, counts = part.pairs.T
            frequencies += np.bincount(ids - 1, counts, len(frequencies))
        self.logits.bias.assign(np.log(frequencies / frequencies.sum()))

    @property
    def output_bias(self) -> keras.Variable:
        return self.logits.bias

    def encode(
        self,
        documents: Documents | StoredDocuments | Sequence[str],
        batch_size: int = 256,
    ) -> np.ndarray:
        """Returns where the posterior of each document lies.

        Args:
            documents: bags of words over this model's vocabulary, or raw texts: a
                list, array or Series of strings. All documents without a known word
                have the same code.
            batch_size: int. Number of documents that are encoded at once.

        Returns:
            A float32 array of shape `(documents, latent_dim)`: mean directions for a
            spherical code, means for a Gaussian one.

        Raises:
            ValueError: if `documents` is a single string or one of its elements is not
                text, a word of the vocabulary contains white space, or `batch_size` is
                below 1.
        """
        batch_size = whole_number("batch_size", batch_size, 1)
        if not isinstance(documents, Documents | StoredDocuments):
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
        """Returns the codes of raw documents as `encode` does, but refuses empty ones.

        Args:
            texts: raw documents: a list, array or Series of strings.
            batch_size: int. Number of documents that are encoded at once.

        Returns:
            As `encode`.

        Raises:
            ValueError: as `encode`, and if a document has no word that the model knows;
                the first such document is named.
        """
        documents = known_documents(texts, self.vocabulary)
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
            "codes": self.codes,
            "seed": self.seed,
            **super().get_config(),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        config = dict(config)
        if "samples" in config:  # The name in files of earlier versions.
            config["codes"] = config.pop("samples")
        return super().from_config(config, custom_objects)
