"""Sentences in TensorBoard's Text dashboard."""

import os
from collections.abc import Sequence

import keras
import tensorflow as tf

from tf_vmfvae.callbacks.text_table import write_table
from tf_vmfvae.text import as_texts


class TextsPane(keras.callbacks.Callback):
    """Writes what a language model says, each epoch, for TensorBoard to show.

    Three tables, the same sentences and the same seed every epoch, so that moving
    along the epochs shows the model learn: `reconstructions` of given sentences
    beside the originals, `samples` from the prior, and an `interpolation` from the
    first of the given sentences to the last. They make up the run `texts` below
    `log_dir`.

    Args:
        log_dir: str or path. Folder of this run's TensorBoard logs.
        sentences: sequence of str. A few validation sentences.
        samples: int. How many sentences from the prior; 0 leaves the table out.
        steps: int. How many sentences the interpolation takes, both ends included; 0
            leaves it out, and so does having fewer than two sentences.
        seed: int. Seed of the samples.
        told: sequence of int. A label a sentence, for a model with
            `condition="label"`.

    The model is one that offers `reconstruct(texts)`, `generate(count, seed=...)` and
    `interpolate(start, end, steps=...)`, as `tf_vmfvae.models.NVRNN` does.

    Example:

    >>> import tempfile
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    >>> words = ["profit", "rose", "fell"]
    >>> model = tf_vmfvae.models.NVRNN(words, latent, hidden_dim=8, seed=1)
    >>> log_dir = tempfile.mkdtemp()
    >>> pane = tf_vmfvae.callbacks.TextsPane(log_dir, ["profit rose", "profit fell"])
    >>> pane.set_model(model)
    >>> pane.on_train_begin()
    >>> pane.on_epoch_end(0)
    >>> pane.on_train_end()
    >>> import os
    >>> os.listdir(log_dir)
    ['texts']
    """

    def __init__(
        self,
        log_dir: str | os.PathLike,
        sentences: Sequence[str],
        samples: int = 8,
        steps: int = 7,
        seed: int = 0,
        told: Sequence[int] = (),
    ):
        super().__init__()
        self.log_dir = os.fspath(log_dir)
        self.sentences = as_texts(sentences, "sentences")
        self.samples = samples
        self.steps = steps
        self.seed = seed
        self.told = list(told)
        self._writer = None

    def on_train_begin(self, logs=None):
        self._writer = tf.summary.create_file_writer(
            os.path.join(self.log_dir, "texts")
        )

    def on_epoch_end(self, epoch, logs=None):
        with self._writer.as_default(step=epoch):
            if self.sentences:
                reconstructions = self.model.reconstruct(
                    self.sentences, **self._labels(self.told)
                )
                rows = zip(self.sentences, reconstructions, strict=True)
                write_table("reconstructions", ("original", "reconstruction"), rows)
            if self.samples:
                samples = self.model.generate(
                    self.samples, seed=self.seed, **self._conditions()
                )
                write_table("samples", ("", "sample"), _numbered(samples))
            if self.steps and len(self.sentences) > 1:
                start, end = self.sentences[0], self.sentences[-1]
                ends = self._labels([*self.told[:1], *self.told[-1:]])
                between = self.model.interpolate(start, end, steps=self.steps, **ends)
                write_table("interpolation", ("", "sentence"), _numbered(between))
        self._writer.flush()

    def on_train_end(self, logs=None):
        self._writer.close()

    def _labels(self, told):
        return {"labels": told} if told else {}

    def _conditions(self):
        """What the samples are told where the decoder wants to be told something."""
        if getattr(self.model, "condition", "none") == "none":
            return {}
        turns = [number % len(self.sentences) for number in range(self.samples)]
        return {
            "texts": [self.sentences[turn] for turn in turns],
            **self._labels([self.told[turn] for turn in turns] if self.told else []),
        }


def _numbered(texts):
    return [(str(number), text) for number, text in enumerate(texts, start=1)]
