"""Sentences in TensorBoard's Text dashboard."""

import os
from collections.abc import Sequence

from tf_vmfvae.callbacks.tensorboard.sentence_labels import as_option, checked_labels
from tf_vmfvae.callbacks.tensorboard.tables_pane import TablesPane
from tf_vmfvae.text import as_texts


class TextsPane(TablesPane):
    """Writes reconstructions, samples and an interpolation after each epoch.

    There are three tables: `reconstructions` puts the given sentences next to what the
    model makes of them, `samples` shows sentences from the prior, and `interpolation`
    leads from the first given sentence to the last. Sentences and seed are the same in
    every epoch, so moving along the epochs shows how the model learns. The tables form
    the run `texts` below `log_dir`.

    The model must offer `reconstruct(texts)`, `generate(count, seed=...)` and
    `interpolate(start, end, steps=...)`, as `tf_vmfvae.models.NVRNN` does.

    Args:
        log_dir: str or path. Folder of this run's TensorBoard logs.
        sentences: sequence of str. A few validation sentences.
        samples: int. Number of sentences from the prior; 0 leaves the table out. A
            model with conditioning takes the conditions of its samples from
            `sentences`, in turn, so without sentences it has no such table.
        steps: int. Number of sentences in the interpolation, both ends included; 0
            leaves the table out. It needs at least two sentences.
        seed: int. Seed of the samples.
        labels: sequence of int or `None`. The label of each sentence, for a model
            conditioned on labels.

    Raises:
        ValueError: if `labels` is not one integer for each sentence.

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

    run = "texts"

    def __init__(
        self,
        log_dir: str | os.PathLike,
        sentences: Sequence[str],
        samples: int = 8,
        steps: int = 7,
        seed: int = 0,
        labels: Sequence[int] | None = None,
    ):
        super().__init__(log_dir)
        self.sentences = as_texts(sentences, "sentences")
        self.samples = samples
        self.steps = steps
        self.seed = seed
        self.labels = checked_labels(labels, self.sentences)

    def tables(self):
        if self.sentences:
            reconstructions = self.model.reconstruct(
                self.sentences, **as_option(self.labels)
            )
            rows = zip(self.sentences, reconstructions, strict=True)
            yield "reconstructions", ("original", "reconstruction"), rows
        conditioned = getattr(self.model, "condition", None) is not None
        if self.samples and (self.sentences or not conditioned):
            conditions = self._conditions() if conditioned else {}
            samples = self.model.generate(self.samples, seed=self.seed, **conditions)
            yield "samples", ("", "sample"), _numbered(samples)
        if self.steps and len(self.sentences) > 1:
            start, end = self.sentences[0], self.sentences[-1]
            ends = as_option([*self.labels[:1], *self.labels[-1:]])
            between = self.model.interpolate(start, end, steps=self.steps, **ends)
            yield "interpolation", ("", "sentence"), _numbered(between)

    def _conditions(self):
        """Returns the conditions of the samples: those of the sentences in turn."""
        turns = [number % len(self.sentences) for number in range(self.samples)]
        labels = [self.labels[turn] for turn in turns] if self.labels else []
        return {"texts": [self.sentences[turn] for turn in turns], **as_option(labels)}


def _numbered(texts):
    return [(str(number), text) for number, text in enumerate(texts, start=1)]
