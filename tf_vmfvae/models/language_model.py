"""Raw text in and out of a model of sentences."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from keras import ops

from tf_vmfvae import evaluation, generation
from tf_vmfvae.generation.codes import encode_texts
from tf_vmfvae.layers.words.word_tokenizer import PADDING_ID
from tf_vmfvae.models.vae import VAE
from tf_vmfvae.text import as_texts

CONDITIONS = ("none", "bow", "label")


class LanguageModel(VAE):
    """Base class of the VAEs of sentences: text in, text out.

    A subclass has the attributes below and says in `initial_state` and `step` how
    it writes a sentence word by word.

    Attributes:
        tokenizer: `WordTokenizer`, from raw text to ids.
        condition: what the decoder is told beside the code: `"none"`; `"bow"`, the
            words of the sentence, but not their order; or `"label"`.
        conditioner: functional model, ids to what the decoder is told, of shape
            `(batch, width)`; `None` where it is told nothing.
        num_labels: how many labels there are, or `None`.
    """

    def initial_state(self, z) -> list:
        """Returns the decoder's state before the first word, a list of tensors."""
        raise NotImplementedError(f"{type(self).__name__} has no initial_state")

    def step(self, previous, context, state) -> tuple:
        """Takes the decoder one word further.

        Args:
            previous: int32 ids of the previous words, `(batch,)`.
            context: what the decoder reads at every step, `(batch, width)`: codes,
                and what it is told beside them (`context`).
            state: list of tensors with `batch` rows.

        Returns:
            The logits of the next word, `(batch, words)`, where entry `i` belongs
            to id `i + 1`, and the new state.
        """
        raise NotImplementedError(f"{type(self).__name__} has no step")

    def words(self, ids):
        """Returns the ids of words alone, `(batch, time)`, without a label."""
        return ids[:, 1:] if self.condition == "label" else ids

    def count_words(self, inputs):
        words = tf.cast(self.words(inputs) != PADDING_ID, tf.float32)
        return tf.reduce_sum(words, axis=-1)

    @property
    def num_classes(self) -> int | None:
        return self.num_labels if self.condition == "label" else None

    def classes(self, inputs):
        return inputs[:, 0] - 1

    def to_ids(
        self, texts: Sequence[str], labels: Sequence[int] | None = None
    ) -> tf.RaggedTensor:
        """Returns what the model reads of each text.

        Args:
            texts: raw sentences, words set off by white space: a list, array or Series
                of strings.
            labels: a label a sentence, which `condition="label"` needs; of no effect
                on another model.

        Returns:
            int32 `[texts, None]`: the words' ids, `<eos>` last; with
            `condition="label"` the label plus 1 comes first.

        Raises:
            ValueError: if `texts` is a single string or one of its elements is not
                text, or labels are missing, out of range, or not one per text.
        """
        texts = as_texts(texts)
        ids = self.tokenizer(texts)
        if self.condition != "label":
            return ids
        if labels is None:
            raise ValueError("condition is label, but labels are not given")
        first = self._checked(labels, len(texts))[:, None] + 1
        return tf.concat([tf.constant(first, tf.int32), ids], axis=1)

    def encode(
        self,
        texts: Sequence[str],
        labels: Sequence[int] | None = None,
        batch_size: int = 64,
    ) -> np.ndarray:
        """Returns where the posterior of each text lies.

        Args:
            texts: as for `to_ids`.
            labels: likewise.
            batch_size: int. How many texts are encoded at once.

        Returns:
            A float32 array of shape `(texts, latent_dim)`: mean directions for a
            spherical code, means for a Gaussian one.

        Raises:
            ValueError: as `to_ids`.
        """
        z, _ = encode_texts(self, texts, labels, batch_size)
        return z.numpy()

    @property
    def condition_width(self) -> int:
        """How many numbers the decoder reads in addition to the code."""
        return 0 if self.conditioner is None else self.conditioner.output.shape[-1]

    def conditions_of(self, ids):
        """Returns what the decoder reads in addition to the codes of sentences.

        Args:
            ids: int32 `(batch, time)`, from `to_ids` and padded; at least one row.

        Returns:
            A tensor of shape `(batch, condition_width)`.
        """
        if self.conditioner is None:
            return tf.zeros([tf.shape(ids)[0], 0])
        return self.conditioner(ids, training=False)

    def conditions(
        self,
        count: int,
        texts: Sequence[str] | None = None,
        labels: Sequence[int] | None = None,
    ) -> tf.Tensor:
        """Returns what the decoder is told of `count` sentences, `(count, width)`.

        Args:
            count: int. How many sentences are to be written.
            texts: the sentences whose words are told, one or `count` of them, which
                `condition="bow"` needs; of no effect on another model.
            labels: likewise for `condition="label"`.

        Raises:
            ValueError: if what the decoder wants to be told is missing or invalid.
        """
        texts = texts if texts is None else as_texts(texts)
        labels = labels if labels is None else _listed(labels)
        if self.conditioner is None or not count:
            return tf.zeros([count, self.condition_width])
        name, given = (
            ("texts", texts) if self.condition == "bow" else ("labels", labels)
        )
        if given is None or len(given) not in (1, count):
            number = "none" if given is None else len(given)
            raise ValueError(
                f"condition is {self.condition}: give {name}, 1 or {count} of them, "
                f"not {number}"
            )
        texts = given if self.condition == "bow" else [""] * len(given)
        told = self.conditions_of(self.to_ids(texts, labels).to_tensor())
        return tf.repeat(told, count // len(given), axis=0)

    def context(self, z, conditions=None):
        """Returns what the decoder reads at every step, `(batch, width)`."""
        return z if conditions is None else ops.concatenate([z, conditions], axis=-1)

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

    def score(self, texts: Sequence[str], **options) -> dict[str, np.ndarray]:
        """Returns minus the evidence lower bound of each text, and its parts.

        See `tf_vmfvae.evaluation.score` for the options.
        """
        return evaluation.score(self, texts, **options)

    def _checked(self, labels, count):
        labels = np.asarray(_listed(labels))
        if labels.shape != (count,):
            raise ValueError(
                f"labels have the shape {labels.shape}: give one for each of "
                f"{count} texts"
            )
        for place, label in enumerate(labels.tolist()):
            # This also refuses NaN, None, strings and fractions.
            if label not in range(self.num_labels):
                raise ValueError(
                    f"label {label} of text {place + 1} is out of range: labels are 0 "
                    f"to {self.num_labels - 1}"
                )
        return labels.astype(np.int32)


def _listed(labels):
    try:
        return list(labels)
    except TypeError:
        raise ValueError(f"labels is {labels}: give a list of whole numbers") from None
