"""The recurrent language model with a code for the whole sentence."""

from collections.abc import Sequence
from typing import ClassVar

import keras
from keras import ops

from tf_vmfvae.layers import (
    Condition,
    ImportanceWeightedNLL,
    Latent,
    MeanOverCodes,
    RepeatExamples,
    WordDropout,
    WordNoise,
    WordTokenizer,
)
from tf_vmfvae.layers.words.embedding_table import embedding_table
from tf_vmfvae.layers.words.word_tokenizer import END_ID, PADDING_ID
from tf_vmfvae.models.code_reader import CodeReader
from tf_vmfvae.models.dropout_rates import DropoutRates
from tf_vmfvae.models.dtype_policy_scope import dtype_policy_scope
from tf_vmfvae.models.language_model import LanguageModel
from tf_vmfvae.models.nvrnn_config import ARGUMENTS, check_arguments, read_config
from tf_vmfvae.models.seeded_layers import dense, seeds_from, word_softmax
from tf_vmfvae.models.sentence_decoder import SentenceDecoder
from tf_vmfvae.models.sentence_encoder import SentenceEncoder
from tf_vmfvae.models.sentence_preprocessor import SentencePreprocessor
from tf_vmfvae.ops.batch_inputs import IDS


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class NVRNN(LanguageModel):
    """The neural variational RNN language model of Xu and Durrett (2018).

    An encoder reads the sentence and gives the posterior of the code; the paper's is
    the last state `h, c` of an LSTM. The decoder is an LSTM, too: linear maps of the
    code set its initial state, and at every step it reads the code together with the
    previous word. With an empty latent (`NoLatent`) there is no encoder, and the model
    is a plain LSTM language model.

    Args:
        vocabulary: sequence of words; `<unk>` and `<eos>` are added if missing.
        latent: a `tf_vmfvae.layers.Latent`.
        embedding_dim: int. Width of the word embeddings, which encoder and
            decoder share.
        hidden_dim: int. Width of the layers of encoder and decoder.
        num_layers: int, at least 1. Number of layers of the encoder.
        decoder_layers: int, at least 1, or `None`. Number of layers of the decoder; by
            default as many as the encoder has. The paper's experiments on collapse
            deepen the decoder alone.
        encoder_type: `"lstm"`; `"bilstm"`, one LSTM in each direction; `"gru"`; or
            `"bow"`, a perceptron that reads the mean of the word embeddings and so
            ignores the order of the words.
        encoder_pooling: what a recurrent encoder returns: its `"last"` state, or the
            `"max"` or `"mean"` of its outputs over the words.
        encoder_length: bool. Whether what the encoder returns ends with the log of the
            sentence's length in tens of words, `<eos>` included. Concentrations of a
            `SphereProductLatent` with `concentration_features=1` depend on it alone.
        code_layers: int, at least 0. Number of rectified layers of `hidden_dim` units
            through which the decoder reads the code, after a learned scale of each
            coordinate (`CodeScale`). With 0 the decoder reads the code itself, and its
            first state and its gates are linear in it.
        code_at_every_step: bool. Whether the decoder reads the code at every step, as
            well as in its first state; otherwise in its first state alone.
        condition: what the decoder reads in addition to the code, at every step: a
            `tf_vmfvae.layers.BagOfWordsCondition`, a `tf_vmfvae.layers.LabelCondition`,
            or `None`.
        bow_loss: float, at least 0. Weight of the auxiliary bag-of-words loss (Zhao et
            al. 2017) in training: the negative log-likelihood of the sentence's words,
            in any order, under a softmax that reads the code alone. It makes the code
            say what the sentence is about. It is not part of any bound.
        codes: int, at least 1. Number of codes of a sentence in training, half of them
            the mirror images of the others. With more than one the loss is the
            importance-weighted bound (`tf_vmfvae.layers.ImportanceWeightedNLL`), and
            a training step takes that many times as long.
        word_dropout: float in [0, 1]. Probability that the decoder reads `<unk>`
            instead of a previous word; 1 is the Inputless setting.
        encoder_swaps: float in [0, 1]. Probability that two neighbouring words change
            places before the encoder reads them, in training (`WordNoise`).
        encoder_replacements: float in [0, 1]. Probability that the encoder reads a
            random word instead of a word, in training (`WordNoise`).
        dropout: float in [0, 1). Dropout on the embeddings, between layers and on
            the decoder's outputs, in training.
        recurrent_dropout: float in [0, 1). Dropout on the recurrent state, in
            training, of the same units at every step of a sentence.
        weight_drop: float in [0, 1). Share of the LSTMs' recurrent weights that each
            training step drops (Merity et al. 2018).
        variational_dropout: bool. Whether `dropout` drops the same units at every word
            of a sentence (Gal and Ghahramani 2016).
        tie_embeddings: bool. Whether the embeddings are the output weights, too; the
            decoder's outputs are then mapped to their width.
        softmax_cutoffs: sequence of ints or `None`. Where a large vocabulary is cut
            into a head and tails for an adaptive softmax, see
            `tf_vmfvae.layers.AdaptiveWordSoftmax`; `tf_vmfvae.layers.softmax_cutoffs`
            chooses them. With `None` the output layer is one softmax over all words.
        seed: int or `None`. Seed of initial weights and of dropout's noise.
        dtype: dtype policy of all layers, such as `"mixed_bfloat16"`, including a
            latent and a condition that were made without a `dtype`; by default Keras's
            global policy.
        name: str or `None`. The model's name.
        trainable: bool. Whether the weights are trained.

    Call arguments:
        inputs: ids, an int32 tensor of shape `(batch, time)`: padded with 0, each
            sentence ending in `<eos>`. With a `LabelCondition` a dictionary of `"ids"`
            and `"label"`, the labels from 0, int32 `(batch,)`. `preprocessor` makes
            both from raw text.

    Returns:
        A dictionary of `"reconstruction"` and `"kl"`, and with `bow_loss` also of
        `"auxiliary"`, the weighted auxiliary loss; each of shape `(batch,)`, in nats;
        see `VAE`.

    Raises:
        ValueError: if an argument is out of its range.

    Attributes:
        tokenizer: `WordTokenizer`, from raw text to ids.
        preprocessor: `SentencePreprocessor`, from raw text to the model's inputs; see
            `UnsupervisedModel`.
        encoder: functional model from the inputs to hidden features.
        conditioner: functional model from the inputs to the condition's output; or
            `None`.
        decoder: functional model from `[inputs, z]` to the logits of each next word,
            `(batch, time, words)`; entry `i` belongs to id `i + 1`. With an adaptive
            softmax they are log-probabilities.
        likelihood: functional model from `[inputs, z]` to `-log p(x|z)`, `(batch,)`.

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

    _layer_arguments: ClassVar = ("latent", "condition")

    def __init__(
        self,
        vocabulary: Sequence[str],
        latent: Latent,
        embedding_dim: int = 200,
        hidden_dim: int = 400,
        num_layers: int = 1,
        encoder_type: str = "lstm",
        encoder_pooling: str = "last",
        code_layers: int = 0,
        condition: Condition | None = None,
        bow_loss: float = 0.0,
        codes: int = 1,
        word_dropout: float = 0.0,
        dropout: float = 0.5,
        recurrent_dropout: float = 0.0,
        tie_embeddings: bool = True,
        softmax_cutoffs: Sequence[int] | None = None,
        seed: int | None = None,
        dtype=None,
        name: str | None = None,
        trainable: bool = True,
        *,
        decoder_layers: int | None = None,
        code_at_every_step: bool = True,
        encoder_swaps: float = 0.0,
        encoder_replacements: float = 0.0,
        weight_drop: float = 0.0,
        variational_dropout: bool = False,
        encoder_length: bool = False,
    ):
        # === Config ===
        self.embedding_dim = embedding_dim
        self.hidden_dim = hidden_dim
        self.num_layers = num_layers
        self.decoder_layers = num_layers if decoder_layers is None else decoder_layers
        self.encoder_type = encoder_type
        self.encoder_pooling = encoder_pooling
        self.encoder_length = encoder_length
        self.code_layers = code_layers
        self.code_at_every_step = code_at_every_step
        self.bow_loss = bow_loss
        self.codes = codes
        self.word_dropout = word_dropout
        self.encoder_swaps = encoder_swaps
        self.encoder_replacements = encoder_replacements
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.weight_drop = weight_drop
        self.variational_dropout = variational_dropout
        self.tie_embeddings = tie_embeddings
        self.softmax_cutoffs = softmax_cutoffs
        self.seed = seed
        check_arguments(self, latent, condition)

        with dtype_policy_scope(dtype):
            # === Layers ===
            self.tokenizer = WordTokenizer(vocabulary, name="tokenizer")
            self.vocabulary = self.tokenizer.vocabulary
            latent.follow_dtype_policy(keras.config.dtype_policy())
            self._make_layers(latent, condition, seeds_from(seed))

            self.preprocessor = SentencePreprocessor(self.tokenizer, condition)

            # === Functional models ===
            inputs = keras.Input((None,), dtype="int32", name=IDS)
            if condition is not None:
                inputs = condition.model_inputs(inputs)
            z = keras.Input((latent.latent_dim,), dtype=latent.variable_dtype, name="z")
            self.encoder = keras.Model(inputs, self._encode(inputs), name="encoder")
            self.conditioner = None
            if condition is not None:
                read = self._read_condition(inputs)
                self.conditioner = keras.Model(inputs, read, name="conditioner")
            both, features = [inputs, z], self._decode(inputs, z)
            self.decoder = keras.Model(both, self.softmax(features), name="decoder")
            nll = ops.sum(self.softmax(features, self.words(inputs)), axis=-1)
            self.likelihood = keras.Model(both, nll, name="likelihood")
            outputs = self._outputs(inputs)
            super().__init__(inputs, outputs, name=name, trainable=trainable)

    def _make_layers(self, latent, condition, seeds):
        # Keras lists variables in the order in which layers become attributes. Files
        # rely on it, so the order stays the same in all versions.
        words, is_tied = self.tokenizer.vocabulary_size, self.tie_embeddings
        width = self.embedding_dim if is_tied else self.hidden_dim
        rates = DropoutRates(
            self.dropout,
            self.recurrent_dropout,
            self.weight_drop,
            self.variational_dropout,
        )
        has_code = not latent.is_empty
        self.embedding = embedding_table(
            words + 1, self.embedding_dim, next(seeds), name="embedding"
        )
        self.embedding_dropout = rates.layer(next(seeds))
        self.sentence_encoder = None
        if has_code:
            self.sentence_encoder = SentenceEncoder(
                self.encoder_type,
                self.encoder_pooling,
                self.hidden_dim,
                self.num_layers,
                rates,
                seeds,
                self.encoder_length,
            )
        self.latent = latent
        self.word_dropout_layer = WordDropout(self.word_dropout, seed=next(seeds))
        self.sentence_decoder = SentenceDecoder(
            self.hidden_dim, self.decoder_layers, rates, seeds, reads_code=has_code
        )
        self.output_dropout = rates.layer(next(seeds))
        # An untied softmax has its own kernel, so another linear map would add nothing.
        output_map = dense(width, seeds, name="output_map")
        self.output_map = (
            output_map if is_tied else keras.layers.Identity(name="output_map")
        )
        self.softmax = word_softmax(
            words, self.softmax_cutoffs, self.embedding if is_tied else None, seeds
        )
        # A list of ints, whatever sequence was given.
        self.softmax_cutoffs = getattr(self.softmax, "cutoffs", None)
        self.condition = condition
        if condition is not None:
            condition.follow_model(next(seeds))
        # These come last, so that the seeds of the other layers do not depend on them.
        self.bag_map = dense(width, seeds, name="bag_map") if self.bow_loss else None
        self.code_reader = CodeReader(latent, self.code_layers, self.hidden_dim, seeds)
        self._code_reader_layers = self.code_reader.layers
        self.encoder_noise = None
        noise = self.encoder_swaps, self.encoder_replacements
        if has_code and any(noise):
            self.encoder_noise = WordNoise(*noise, num_words=words, seed=next(seeds))

    def _outputs(self, inputs):
        """Returns the outputs of the whole model."""
        hidden, repeated = self.encoder(inputs), inputs
        if self.weighs_codes:
            z, kl = self.draw_codes(hidden, inputs, self.codes)
            repeat = RepeatExamples(name="repeat")
            repeated = keras.tree.map_structure(lambda part: repeat(part, z), inputs)
            weigh = ImportanceWeightedNLL(self.latent.training_log_ratio, name="weigh")
            nll = weigh(self.likelihood([repeated, z]), z, hidden)
        else:
            z, kl = self.draw_codes(hidden, inputs)
            nll = self.likelihood([inputs, z])
        outputs = {"reconstruction": nll, "kl": kl}
        if self.bow_loss:
            bag_nll = self._bag_nll(z, self.words(repeated))
            if self.weighs_codes:
                ids = self.words(inputs)
                bag_nll = MeanOverCodes(name="mean_over_codes")(bag_nll, ids)
            outputs["auxiliary"] = self.bow_loss * bag_nll
        return outputs

    def _embed(self, ids):
        return self.embedding_dropout(self.embedding(ids))

    def _encode(self, inputs):
        words = self.words(inputs)
        if self.sentence_encoder is None:
            return ops.cast(words[:, :0], self.latent.variable_dtype)
        noise = self.encoder_noise
        embedded = self._embed(words if noise is None else noise(words))
        if self.condition is not None and self.condition.is_read_by_encoder:
            condition = ops.expand_dims(self._read_condition(inputs), 1)
            at_each_word = condition * ops.ones_like(embedded[:, :, :1])
            embedded = ops.concatenate([embedded, at_each_word], axis=-1)
        return self.sentence_encoder(embedded, ops.not_equal(words, PADDING_ID))

    def _read_condition(self, inputs):
        return self.condition.read(inputs, self._embed(self.words(inputs)))

    def _decode(self, inputs, z):
        """Returns the decoder's features before each word."""
        words = self.words(inputs)
        start = ops.full_like(words[:, :1], END_ID)
        previous = ops.concatenate([start, words[:, :-1]], axis=1)
        is_inputless = self.word_dropout == 1
        embedded = self._embed(
            self.word_dropout_layer(start[:, 0] if is_inputless else previous)
        )
        code = self.code_reader(z)
        read = [code] if self.step_code_width else []
        if self.condition is not None:
            read.append(self._read_condition(inputs))
        if is_inputless:  # It is the same at every step, so it belongs to the context.
            read.insert(0, embedded)
        context = ops.concatenate(read, axis=-1) if read else None
        if is_inputless:
            embedded = ops.cast(previous, context.dtype)[..., None][..., :0]
        outputs = self.sentence_decoder(embedded, context, code)
        return self.output_map(self.output_dropout(outputs))

    def _bag_nll(self, z, words):
        """Returns -log p of the words, in any order, given the code; `(batch,)`."""
        features = ops.expand_dims(self.bag_map(self.code_reader(z)), 1)
        log_shares = ops.log_softmax(self.softmax(features)[:, 0])
        # Padding has no class, so look up the first one and mask it.
        classes = ops.maximum(words - 1, 0)
        log_p = ops.take_along_axis(log_shares, classes, axis=-1)
        is_word = ops.cast(ops.not_equal(words, PADDING_ID), log_p.dtype)
        return -ops.sum(log_p * is_word, axis=-1)

    @property
    def step_code_width(self) -> int:
        """How many numbers the decoder reads of the code at every step."""
        return self.code_reader.width if self.code_at_every_step else 0

    def context(self, z, conditions=None):
        code = self.code_reader(z)[:, : self.step_code_width]
        return super().context(code, conditions)

    def initial_state(self, z) -> list:
        """Returns the decoder's state before the first word, `h, c` of each layer."""
        return self.sentence_decoder.initial_state(self.code_reader(z))

    def step(self, previous, context, state) -> tuple:
        embedded = self.embedding(self.word_dropout_layer(previous))
        inputs = ops.concatenate([embedded, context], axis=-1)
        output, state = self.sentence_decoder.step(inputs, state)
        return self.softmax(self.output_map(output)), state

    @property
    def weighs_codes(self) -> bool:
        return self.codes > 1 and not self.latent.is_empty

    def get_config(self):
        own = {name: getattr(self, name) for name in ARGUMENTS}
        return {**own, **super().get_config()}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return super().from_config(read_config(config), custom_objects)
