"""The recurrent language model with a code for the whole sentence."""

from collections.abc import Sequence

import keras
from keras import ops

from tf_vmfvae.layers import (
    CodeScale,
    Dropout,
    ImportanceWeightedNLL,
    Latent,
    MeanOverCodes,
    RepeatExamples,
    WordDropout,
    WordSoftmax,
    WordTokenizer,
)
from tf_vmfvae.layers.words.word_tokenizer import END_ID, PADDING_ID
from tf_vmfvae.models.language_model import LanguageModel
from tf_vmfvae.models.nvrnn_arguments import CONDITION_DIMS, check_arguments
from tf_vmfvae.models.precision import dtype_policy_scope
from tf_vmfvae.models.seeds import seeds_from
from tf_vmfvae.models.sentence_decoder import SentenceDecoder
from tf_vmfvae.models.sentence_encoder import SentenceEncoder, masked_mean


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class NVRNN(LanguageModel):
    """The neural variational RNN language model of Xu and Durrett (2018).

    An encoder reads the sentence and gives the posterior; the paper's is an LSTM, of
    which the last state `h, c` is taken. The code sets the initial state of an LSTM
    decoder by linear maps and is read by it at every step, beside the previous word.
    With a latent of no dimensions the encoder is left out: a plain LSTM language
    model.

    Args:
        vocabulary: sequence of words; `<unk>` and `<eos>` are added if missing.
        latent: a `tf_vmfvae.layers.Latent`.
        embedding_dim: int. Width of the word embeddings, which encoder and
            decoder share.
        hidden_dim: int. Width of the layers of encoder and decoder.
        num_layers: int, at least 1. Layers of the encoder, and of the decoder.
        encoder: `"lstm"`, `"bilstm"`, `"gru"` or `"bow"`, see `SentenceEncoder`.
        encoder_pooling: `"last"`, the encoder's last state; `"max"` or `"mean"`, that
            of its outputs over the words. A bag of words is always a mean.
        code_layers: int, at least 0. Layers of a perceptron through which the decoder
            reads the code, of `hidden_dim` rectified units each, with a learned scale
            of each coordinate before them (`CodeScale`); with 0 it reads the code as
            it is. What a code says is noisy and dense: the decoder's first state and
            gates, linear in what they read, are shallow readers of it.
        condition: what the decoder is told beside the code, at every step: `"none"`;
            `"bow"`, a linear map of the mean embedding of the sentence's words,
            `<eos>` included; or `"label"`, an embedding of the sentence's label,
            which the encoder reads with every word too.
        condition_dim: int or `None`. Width of the map or of the embedding; by
            default 200 for `"bow"` and 50 for `"label"`, the paper's.
        num_labels: int. How many labels there are, with `condition="label"`.
        bow_loss: float, at least 0. Weight of a loss that training adds: the words
            of the sentence, in no order, under a softmax that reads the code alone
            (Zhao et al. 2017). It makes the code carry what the sentence is about,
            and enters no bound.
        samples: int, at least 1. Codes a sentence in training, half of them the mirror
            images of the others, each decoded by itself. With more than one the loss is
            the importance-weighted bound of so many codes
            (`tf_vmfvae.layers.ImportanceWeightedNLL`), at so many times the price.
        word_dropout: float in [0, 1]. Probability that the decoder reads `<unk>`
            in place of a previous word; 1 is the Inputless setting.
        dropout: float in [0, 1). Dropout on the embeddings, between layers and on
            the decoder's outputs, in training.
        recurrent_dropout: float in [0, 1). Dropout on the recurrent state, in
            training, see `recurrent_layer`.
        tie_embeddings: bool. Whether the embeddings serve as the output weights
            too, by way of a linear map of the decoder's outputs to their width.
        seed: int or `None`. Seed of initial weights and of dropout's noise.
        dtype: dtype policy of all layers, such as `"mixed_bfloat16"`, that of a latent
            made without a `dtype` included; by default Keras's global one.
        name: str or `None`. The model's name.
        trainable: bool. Whether the weights are trained.

    Call arguments:
        ids: int32 tensor of shape `(batch, time)` as `to_ids` gives it: padded with
            0, each sentence ending in `<eos>`; with `condition="label"` the label
            plus 1 comes first.

    Returns:
        A dictionary of `"reconstruction"` and `"kl"`, each of shape `(batch,)`, in
        nats, and with `bow_loss` its share of the loss, `"auxiliary"`; see `VAE`.

    Raises:
        ValueError: if an argument is out of its range.

    Attributes:
        tokenizer: `WordTokenizer`, from raw text to ids.
        encoder: functional model, ids to hidden features.
        latent: the latent layer.
        conditioner: functional model, ids to what the decoder is told; or `None`.
        decoder: functional model, `[ids, z]` to the logits of each next word,
            `(batch, time, words)`; entry `i` belongs to id `i + 1`.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(8, kappa=20.0, seed=1)
    >>> words = ["profit", "rose", "fell"]
    >>> model = tf_vmfvae.models.NVRNN(words, latent, hidden_dim=16, seed=1)
    >>> model.encode(["profit rose", "profit fell"]).shape
    (2, 8)
    >>> ids = model.to_ids(["profit rose", "fell"]).to_tensor()
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
        num_layers: int = 1,
        encoder: str = "lstm",
        encoder_pooling: str = "last",
        code_layers: int = 0,
        condition: str = "none",
        condition_dim: int | None = None,
        num_labels: int | None = None,
        bow_loss: float = 0.0,
        samples: int = 1,
        word_dropout: float = 0.0,
        dropout: float = 0.5,
        recurrent_dropout: float = 0.0,
        tie_embeddings: bool = True,
        seed: int | None = None,
        dtype=None,
        name: str | None = None,
        trainable: bool = True,
    ):
        if condition_dim is None:
            condition_dim = CONDITION_DIMS.get(condition)
        arguments = {
            "embedding_dim": embedding_dim,
            "hidden_dim": hidden_dim,
            "num_layers": num_layers,
            "encoder": encoder,
            "encoder_pooling": encoder_pooling,
            "code_layers": code_layers,
            "condition": condition,
            "condition_dim": condition_dim,
            "num_labels": num_labels,
            "bow_loss": bow_loss,
            "samples": samples,
            "word_dropout": word_dropout,
            "dropout": dropout,
            "recurrent_dropout": recurrent_dropout,
            "tie_embeddings": tie_embeddings,
            "seed": seed,
        }
        check_arguments(arguments, latent)
        self._arguments = arguments
        self.condition = condition
        self.num_labels = num_labels
        self.samples = samples
        with dtype_policy_scope(dtype):
            latent.follow_dtype_policy(keras.config.dtype_policy())
            self._make_layers(vocabulary, latent)
            ids, outputs = self._connect()
            super().__init__(ids, outputs, name=name, trainable=trainable)

    def _make_layers(self, vocabulary, latent):
        chosen = self._arguments
        dropout, hidden_dim = chosen["dropout"], chosen["hidden_dim"]
        embedding_dim, is_tied = chosen["embedding_dim"], chosen["tie_embeddings"]
        condition, condition_dim = chosen["condition"], chosen["condition_dim"]
        self.tokenizer = WordTokenizer(vocabulary, name="tokenizer")
        seeds = seeds_from(chosen["seed"])
        self.embedding = keras.layers.Embedding(
            self.tokenizer.vocabulary_size + 1,
            embedding_dim,
            embeddings_initializer=_small_uniform(seeds),
            # There is no product to speed up, and a gradient that sums over all uses
            # of a word: in bfloat16 a sum of ones stops at 256.
            dtype=keras.config.dtype_policy().variable_dtype,
            name="embedding",
        )
        self.embedding_dropout = Dropout(dropout, seed=next(seeds))
        stack = hidden_dim, chosen["num_layers"], dropout, chosen["recurrent_dropout"]
        # A code of no dimensions leaves nothing to encode.
        self.sentence_encoder = latent.latent_dim and SentenceEncoder(
            chosen["encoder"], chosen["encoder_pooling"], *stack, seeds
        )
        self.latent = latent
        self.word_dropout_layer = WordDropout(chosen["word_dropout"], seed=next(seeds))
        self.sentence_decoder = SentenceDecoder(*stack, seeds)
        self.output_dropout = Dropout(dropout, seed=next(seeds))
        map_seed = next(seeds)
        # Before a kernel of the softmax's own another map would add nothing.
        self.output_map = (
            keras.layers.Dense(
                embedding_dim,
                kernel_initializer=keras.initializers.GlorotUniform(map_seed),
                name="output_map",
            )
            if is_tied
            else keras.layers.Identity(name="output_map")
        )
        self.softmax = WordSoftmax(
            self.tokenizer.vocabulary_size,
            embedding=self.embedding if is_tied else None,
            kernel_initializer=keras.initializers.GlorotUniform(next(seeds)),
            name="softmax",
        )
        if condition == "bow":
            self.bow_map = keras.layers.Dense(
                condition_dim,
                kernel_initializer=keras.initializers.GlorotUniform(next(seeds)),
                name="bow_map",
            )
        if condition == "label":
            self.label_embedding = keras.layers.Embedding(
                self.num_labels + 1,
                condition_dim,
                embeddings_initializer=_small_uniform(seeds),
                dtype=keras.config.dtype_policy().variable_dtype,
                name="label_embedding",
            )
        # Last, so that the other layers' seeds do not go by them.
        if chosen["bow_loss"]:
            self.bag_map = keras.layers.Dense(
                embedding_dim if is_tied else hidden_dim,
                kernel_initializer=keras.initializers.GlorotUniform(next(seeds)),
                name="bag_map",
            )
        self.code_readers = []
        if chosen["code_layers"] and latent.latent_dim:
            self.code_readers.append(CodeScale.of(latent, name="code_scale"))
            self.code_readers += [
                keras.layers.Dense(
                    hidden_dim,
                    "relu",
                    kernel_initializer=keras.initializers.GlorotUniform(next(seeds)),
                    name=f"code_{index}",
                )
                for index in range(chosen["code_layers"])
            ]

    def _connect(self):
        """The functional model: its inputs and its outputs."""
        latent = self.latent
        ids = keras.Input((None,), dtype="int32", name="ids")
        self.encoder = keras.Model(ids, self._encode(ids), name="encoder")
        self.conditioner = (
            None
            if self.condition == "none"
            else keras.Model(ids, self._tell(ids), name="conditioner")
        )
        z = keras.Input((latent.latent_dim,), dtype=latent.variable_dtype, name="z")
        features, words = self._decode(ids, z), self.words(ids)
        self.decoder = keras.Model([ids, z], self.softmax(features), name="decoder")
        self.likelihood = keras.Model(
            [ids, z], ops.sum(self.softmax(features, words), axis=-1), name="likelihood"
        )
        hidden = self.encoder(ids)
        several = self.weighs_codes
        z, kl = latent(hidden, codes=self.samples) if several else latent(hidden)
        each = RepeatExamples(name="repeat")(ids, z) if several else ids
        nll = self.likelihood([each, z])
        if several:
            weigh = ImportanceWeightedNLL(latent.training_log_ratio, name="weigh")
            nll = weigh(nll, z, hidden)
        outputs = {"reconstruction": nll, "kl": kl}
        if self._arguments["bow_loss"]:
            bag_nll = self._bag_nll(z, self.words(each))
            if several:
                bag_nll = MeanOverCodes(name="mean_over_codes")(bag_nll, ids)
            outputs["auxiliary"] = self._arguments["bow_loss"] * bag_nll
        return ids, outputs

    def _encode(self, ids):
        if not self.sentence_encoder:
            return ops.cast(ids[:, :0], self.latent.variable_dtype)
        words = self.words(ids)
        embedded = self.embedding_dropout(self.embedding(words))
        if self.condition == "label":
            embedded = _beside(embedded, self._tell(ids))
        return self.sentence_encoder(embedded, ops.not_equal(words, PADDING_ID))

    def _tell(self, ids):
        """What the decoder is told beside the code, `(batch, condition_dim)`."""
        if self.condition == "label":
            return self.label_embedding(ids[:, 0])
        embedded = self.embedding_dropout(self.embedding(ids))
        return self.bow_map(masked_mean(embedded, ops.not_equal(ids, PADDING_ID)))

    def _decode(self, ids, z):
        words = self.words(ids)
        start = ops.full_like(words[:, :1], END_ID)
        previous = ops.concatenate([start, words[:, :-1]], axis=1)
        is_blind = self.word_dropout_layer.rate == 1
        seen = self.word_dropout_layer(start[:, 0] if is_blind else previous)
        embedded = self.embedding_dropout(self.embedding(seen))
        context = code = self._read(z)
        if self.condition != "none":
            context = ops.concatenate([code, self._tell(ids)], axis=-1)
        if is_blind:  # What is the same at every step is read as context.
            context = ops.concatenate([embedded, context], axis=-1)
            embedded = ops.cast(previous, context.dtype)[..., None][..., :0]
        outputs = self.sentence_decoder(embedded, context, code)
        return self.output_map(self.output_dropout(outputs))

    def _bag_nll(self, z, words):
        """-log p of the words, each drawn for itself, given the code; `(batch,)`."""
        logits = self.softmax(ops.expand_dims(self.bag_map(self._read(z)), 1))[:, 0]
        # Padding is no class: it picks the first one, and is taken out again.
        classes = ops.maximum(words - 1, 0)
        log_p = ops.take_along_axis(ops.log_softmax(logits), classes, axis=-1)
        is_word = ops.cast(ops.not_equal(words, PADDING_ID), log_p.dtype)
        return -ops.sum(log_p * is_word, axis=-1)

    def _read(self, z):
        """What the decoder sees of a code."""
        for layer in self.code_readers:
            z = layer(z)
        return z

    def context(self, z, conditions=None):
        return super().context(self._read(z), conditions)

    def initial_state(self, z) -> list:
        """Returns the decoder's state before the first word, `h, c` of each layer."""
        return self.sentence_decoder.initial_state(self._read(z))

    def step(self, previous, context, state) -> tuple:
        embedded = self.embedding(self.word_dropout_layer(previous))
        inputs = ops.concatenate([embedded, context], axis=-1)
        output, state = self.sentence_decoder.step(inputs, state)
        return self.softmax(self.output_map(output)), state

    @property
    def weighs_codes(self) -> bool:
        """Whether training has the importance-weighted bound of several codes."""
        return self.samples > 1 and self.latent.latent_dim > 0

    def get_config(self):
        return {
            "vocabulary": self.tokenizer.vocabulary,
            **self._arguments,
            **super().get_config(),
        }


def _beside(embedded, context):
    """Puts `(batch, width)` beside each word of `(batch, time, width)`."""
    context = ops.expand_dims(context, 1) * ops.ones_like(embedded[:, :, :1])
    return ops.concatenate([embedded, context], axis=-1)


def _small_uniform(seeds):
    return keras.initializers.RandomUniform(-0.1, 0.1, seed=next(seeds))
