"""Raw text in and out of a model of sentences."""

import importlib
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from tf_vmfvae import generation
from tf_vmfvae.generation.codes import encode_texts
from tf_vmfvae.layers.conditions.label_condition import listed
from tf_vmfvae.layers.words.word_tokenizer import PADDING_ID
from tf_vmfvae.models.vae import VAE
from tf_vmfvae.ops.batch_inputs import LABEL, count_rows, padded
from tf_vmfvae.text import as_texts


class LanguageModel(VAE):
    """Base class of the VAEs of sentences: text in, text out.

    A subclass has the attributes below, and defines `initial_state` and `step`, which
    write a sentence word by word.

    Attributes:
        tokenizer: `WordTokenizer`, from raw text to ids.
        preprocessor: `SentencePreprocessor`, from raw text to the model's inputs; see
            `UnsupervisedModel`.
        softmax: `WordSoftmax` over the vocabulary, in which the model ends.
        condition: what the decoder reads in addition to the code, a
            `tf_vmfvae.layers.Condition` or `None`.
        sampler: how words are chosen, from `compile`; or `None`.
        conditioner: functional model from the model's inputs to the condition's
            output, `(batch, units)`; `None` without a condition.
    """

    sampler = None

    def compile(self, *arguments, sampler=None, **options):
        """Configures training, and how words are chosen when sentences are written.

        Args:
            *arguments: as for `UnsupervisedModel.compile`.
            sampler: what `generate`, `reconstruct`, `interpolate` and
                `tf_vmfvae.generation.decode` use if they are not given a sampler, see
                there; or `None` for their own defaults. It is saved with the model.
            **options: as for `UnsupervisedModel.compile`.

        Raises:
            ValueError: as `UnsupervisedModel.compile`, or if there is no such sampler.
        """
        if sampler is not None:
            # KerasHub takes seconds to import.
            from tf_vmfvae.generation.stateless_sampler import StatelessSampler

            StatelessSampler(sampler, self.tokenizer.vocabulary_size)
        super().compile(*arguments, **options)
        self.sampler = sampler

    def get_compile_config(self):
        config = super().get_compile_config()
        if config is not None and self.sampler is not None:
            config["sampler"] = keras.saving.serialize_keras_object(self.sampler)
        return config

    def compile_from_config(self, config):
        if isinstance(config.get("sampler"), dict):
            # Keras finds KerasHub's samplers only once they are imported.
            importlib.import_module("keras_hub")
        super().compile_from_config(config)

    def adapt(self, texts: Sequence[str]) -> None:
        """Sets the output biases to the log frequencies of the words.

        A model that knows them from the start learns sooner. Call it before training.

        Args:
            texts: the training sentences, as strings of words.

        Raises:
            ValueError: if these are not texts.

        Example:
        >>> import tf_vmfvae
        >>> latent = tf_vmfvae.layers.NoLatent()
        >>> model = tf_vmfvae.models.NVRNN(["profit", "rose"], latent, hidden_dim=8)
        >>> model.adapt(["profit rose", "profit rose", "profit"])
        >>> model.vocabulary
        ['<unk>', '<eos>', 'profit', 'rose']
        >>> shares = ops.softmax(model.softmax.bias)  # each counted once more
        >>> [round(float(share), 3) for share in shares]
        [0.083, 0.333, 0.333, 0.25]
        """
        ids = self.tokenizer(as_texts(texts)).flat_values
        self.softmax.adapt(
            np.bincount(ids, minlength=self.tokenizer.vocabulary_size + 1)[1:]
        )

    @property
    def output_bias(self) -> keras.Variable:
        return self.softmax.bias

    def initial_state(self, z) -> list:
        """Returns the decoder's state before the first word, a list of tensors."""
        raise NotImplementedError(f"{type(self).__name__} has no initial_state")

    def step(self, previous, context, state) -> tuple:
        """Takes the decoder one word further.

        Args:
            previous: int32 ids of the previous words, `(batch,)`.
            context: what the decoder reads at every step, `(batch, width)`, from
                `context`.
            state: list of tensors with `batch` rows.

        Returns:
            The logits of the next word, `(batch, words)`, where entry `i` belongs
            to id `i + 1`, and the new state.
        """
        raise NotImplementedError(f"{type(self).__name__} has no step")

    def words(self, inputs):
        """Returns the ids of the words, `(batch, time)`, from the model's inputs."""
        return inputs if self.condition is None else self.condition.words(inputs)

    def is_example(self, inputs):
        return ops.any(ops.not_equal(self.words(inputs), PADDING_ID), axis=-1)

    def count_words(self, inputs):
        words = tf.cast(self.words(inputs) != PADDING_ID, tf.float32)
        return tf.reduce_sum(words, axis=-1)

    @property
    def num_labels(self) -> int | None:
        """Number of labels, or `None` if the model reads no labels."""
        return None if self.condition is None else self.condition.num_labels

    def labels_of(self, inputs):
        return self.condition.labels(inputs)

    def with_checked_labels(self, inputs):
        if not self.needs_labels:
            return inputs
        ids, labels = self.words(inputs), self.labels_of(inputs)
        return self.condition.join(ids, labels, f'x["{LABEL}"]')

    @property
    def needs_labels(self) -> bool:
        """Whether every text needs a label, and so does every sample."""
        return self.num_labels is not None

    @property
    def needs_texts(self) -> bool:
        """Whether a sample needs a text, which the decoder is conditioned on."""
        return self.condition is not None and not self.needs_labels

    def to_ids(
        self, texts: Sequence[str], labels: Sequence[int] | None = None
    ) -> tf.RaggedTensor | dict[str, tf.RaggedTensor | tf.Tensor]:
        """Returns what the model reads of each text, not yet padded.

        Args:
            texts: raw sentences, words separated by white space: a list, array or
                Series of strings.
            labels: one label for each text, which a model with a `LabelCondition`
                needs; other models ignore it.

        Returns:
            int32 `[texts, None]`: the words' ids, `<eos>` last. With a `LabelCondition`
            a dictionary of these `"ids"` and of `"label"`, int32 `[texts]`.

        Raises:
            ValueError: if `texts` is a single string or one of its elements is not
                text, or labels are missing, out of range, or not one for each text.
        """
        ids = self.tokenizer(as_texts(texts))
        return ids if self.condition is None else self.condition.join(ids, labels)

    def read_texts(self, texts, labels=None):
        return self.to_ids(texts, labels)

    def encode(
        self,
        texts: Sequence[str],
        labels: Sequence[int] | None = None,
        batch_size: int = 64,
    ) -> np.ndarray:
        """Returns where the posterior of each text lies.

        Args:
            texts: as for `to_ids`.
            labels: as for `to_ids`.
            batch_size: int. Number of texts that are encoded at once.

        Returns:
            A float32 array of shape `(texts, latent_dim)`: mean directions for a
            spherical code, means for a Gaussian one.

        Raises:
            ValueError: as `to_ids`, or if `batch_size` is below 1.
        """
        z, _ = encode_texts(self, texts, labels, batch_size)
        return z.numpy()

    @property
    def condition_width(self) -> int:
        """How many numbers the decoder reads in addition to the code."""
        return 0 if self.conditioner is None else self.conditioner.output.shape[-1]

    def conditions_of(self, inputs):
        """Returns what the decoder reads in addition to the codes of sentences.

        Args:
            inputs: the model's inputs, with at least one row.

        Returns:
            A tensor of shape `(batch, condition_width)`.
        """
        if self.conditioner is None:
            return tf.zeros([count_rows(inputs), 0])
        return self.conditioner(inputs, training=False)

    def conditions(
        self,
        count: int,
        texts: Sequence[str] | None = None,
        labels: Sequence[int] | None = None,
    ) -> tf.Tensor:
        """Returns what the decoder reads in addition to codes, `(count, units)`.

        Args:
            count: int. Number of sentences to be written.
            texts: the sentences whose words the decoder is conditioned on, one for all
                or `count` of them, which a model with a `BagOfWordsCondition` needs;
                other models ignore it.
            labels: likewise the labels, for a model with a `LabelCondition`.

        Raises:
            ValueError: if what the condition needs is missing or invalid.
        """
        texts = texts if texts is None else as_texts(texts)
        labels = labels if labels is None else listed(labels)
        if self.condition is None or not count:
            return tf.zeros([count, self.condition_width])
        name, given = ("labels", labels) if self.needs_labels else ("texts", texts)
        if given is None or len(given) not in (1, count):
            number = "none" if given is None else len(given)
            raise ValueError(
                f"the model has a {type(self.condition).__name__}: give {name}, 1 or "
                f"{count} of them, not {number}"
            )
        texts = [""] * len(given) if self.needs_labels else given
        conditions = self.conditions_of(padded(self.to_ids(texts, labels)))
        return tf.repeat(conditions, count // len(given), axis=0)

    def context(self, z, conditions=None):
        """Returns what the decoder reads at every step, `(batch, width)`."""
        return z if conditions is None else ops.concatenate([z, conditions], axis=-1)

    def generate(self, count: int, **options) -> list[str]:
        """Returns sentences decoded from codes of the prior.

        See `tf_vmfvae.generation.generate` for the options.
        """
        return generation.generate(self, count, **options)

    def reconstruct(self, texts: Sequence[str], **options) -> list[str]:
        """Returns the sentence decoded from the code of each text.

        See `tf_vmfvae.generation.reconstruct` for the options.
        """
        return generation.reconstruct(self, texts, **options)

    def interpolate(self, start: str, end: str, steps: int = 7, **options) -> list[str]:
        """Returns sentences decoded from codes between those of two texts.

        See `tf_vmfvae.generation.interpolate` for the options.
        """
        return generation.interpolate(self, start, end, steps, **options)
