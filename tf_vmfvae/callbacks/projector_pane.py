"""Sentences by the place of their codes, in TensorBoard's projector."""

import os
from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf
from tensorboard.plugins import projector

from tf_vmfvae.text import as_texts, split_words

_TENSOR_FILE = "codes.tsv"
_METADATA_FILE = "metadata.tsv"


class ProjectorPane(keras.callbacks.Callback):
    """Shows in TensorBoard's projector where a model puts given sentences.

    After each epoch the mean directions of the sentences (their means, for a Gaussian
    code), their text, their length in words and any labels replace those of the
    epoch before, in the run `projector` below `log_dir`. A model without a code has
    nothing to show, and nothing is written for it.

    Args:
        log_dir: str or path. Folder of this run's TensorBoard logs.
        sentences: sequence of str. Validation sentences; the projector stays quick
            with a few thousand.
        labels: dictionary from a name to a sequence of one value a sentence, for
            instance topics, by which the projector can colour the points.
        told: sequence of int. A label a sentence, for a model with
            `condition="label"`.

    The model is one that offers `encode(texts)`, an array of shape
    `(texts, latent_dim)`, as `tf_vmfvae.models.NVRNN` does.

    Raises:
        ValueError: if there are more or fewer labels than sentences, or if a label
            takes the name of a column that is always there.

    Example:

    >>> import tempfile
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    >>> words = ["profit", "rose", "fell"]
    >>> model = tf_vmfvae.models.NVRNN(words, latent, hidden_dim=8, seed=1)
    >>> log_dir = tempfile.mkdtemp()
    >>> sentences = ["profit rose", "profit fell"]
    >>> pane = tf_vmfvae.callbacks.ProjectorPane(log_dir, sentences)
    >>> pane.set_model(model)
    >>> pane.on_epoch_end(0)
    >>> import pathlib
    >>> metadata = pathlib.Path(log_dir, "projector", "metadata.tsv")
    >>> print(metadata.read_text().expandtabs())
    sentence        words
    profit rose     2
    profit fell     2
    <BLANKLINE>
    """

    def __init__(
        self,
        log_dir: str | os.PathLike,
        sentences: Sequence[str],
        labels: Mapping[str, Sequence] | None = None,
        told: Sequence[int] = (),
    ):
        super().__init__()
        self.log_dir = os.fspath(log_dir)
        self.sentences = as_texts(sentences, "sentences")
        self.labels = dict(labels or {})
        self.told = list(told)
        for name, values in self.labels.items():
            if len(values) != len(self.sentences):
                raise ValueError(
                    f"label {name!r} has {len(values)} values for "
                    f"{len(self.sentences)} sentences; it needs one each"
                )
            if name in ("sentence", "words"):
                raise ValueError(
                    f"a label of the projector cannot be called {name!r}: that column "
                    "is always there; rename it"
                )

    def on_epoch_end(self, epoch, logs=None):
        codes = np.asarray(self._encode())
        if not codes.size:
            return
        folder = os.path.join(self.log_dir, "projector")
        _announce(folder)
        _write_tsv(
            os.path.join(folder, _TENSOR_FILE),
            ((f"{x:.6g}" for x in code) for code in codes),
        )
        _write_tsv(os.path.join(folder, _METADATA_FILE), self._metadata())
        projector.visualize_embeddings(folder, _config(codes.shape))

    def _encode(self):
        told = {"labels": self.told} if self.told else {}
        return self.model.encode(self.sentences, **told)

    def _lengths(self):
        """Words of each of the sentences."""
        return [len(split_words(sentence)) for sentence in self.sentences]

    def _metadata(self):
        """A header, then a row a sentence.

        TensorBoard takes the first row for a header where there are two columns or
        more, and drops rows that are blank: the second column sees to both.
        """
        yield ("sentence", "words", *self.labels)
        columns = (self.sentences, self._lengths(), *self.labels.values())
        yield from zip(*columns, strict=True)


def _announce(folder):
    """Leaves a file of no events: TensorBoard lists only folders that have one."""
    if not tf.io.gfile.glob(os.path.join(folder, "events.*")):
        tf.summary.create_file_writer(folder).close()


def _config(shape):
    config = projector.ProjectorConfig()
    embedding = config.embeddings.add()
    embedding.tensor_name = "codes"
    embedding.tensor_shape.extend(shape)
    embedding.tensor_path = _TENSOR_FILE
    embedding.metadata_path = _METADATA_FILE
    return config


def _write_tsv(path, rows):
    """Writes rows of cells; tabs and line ends within a cell become spaces."""
    with tf.io.gfile.GFile(path, "w") as file:
        for row in rows:
            cells = (" ".join(str(cell).split()) for cell in row)
            file.write("\t".join(cells) + "\n")
