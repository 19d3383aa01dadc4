"""The codes of sentences in TensorBoard's projector."""

import os
from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf
from tensorboard.plugins import projector

from tf_vmfvae.callbacks.tensorboard.sentence_labels import as_option, checked_labels
from tf_vmfvae.text import as_texts, split_words

_TENSOR_FILE = "codes.tsv"
_METADATA_FILE = "metadata.tsv"


class ProjectorPane(keras.callbacks.Callback):
    """Shows the codes of given sentences in TensorBoard's projector.

    After each epoch it writes the sentences' mean directions (means, for a Gaussian
    code), texts, lengths in words and metadata to the run `projector` below `log_dir`,
    in place of those of the previous epoch. It writes nothing for a model without a
    code.

    The model must offer `encode(texts)`, which returns an array of shape
    `(texts, latent_dim)`, as `tf_vmfvae.models.NVRNN` does.

    Args:
        log_dir: str or path. Folder of this run's TensorBoard logs.
        sentences: sequence of str. Validation sentences. The projector is fast with a
            few thousand.
        metadata: dictionary from a name, for instance `"topic"`, to one value for
            each sentence. The projector can colour the points by these values.
        labels: sequence of int or `None`. The label of each sentence, for a model
            conditioned on labels.

    Raises:
        ValueError: if there is not one metadata value or one integer label for each
            sentence, or if metadata has the name of a column that always exists.

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
        metadata: Mapping[str, Sequence] | None = None,
        labels: Sequence[int] | None = None,
    ):
        super().__init__()
        self.log_dir = os.fspath(log_dir)
        self.sentences = as_texts(sentences, "sentences")
        self.metadata = dict(metadata or {})
        self.labels = checked_labels(labels, self.sentences)
        for name, values in self.metadata.items():
            if len(values) != len(self.sentences):
                raise ValueError(
                    f"metadata {name!r} has {len(values)} values for "
                    f"{len(self.sentences)} sentences; give one for each"
                )
            if name in ("sentence", "words"):
                raise ValueError(
                    f"metadata cannot be called {name!r}, because a column of that "
                    "name always exists; rename it"
                )

    def on_epoch_end(self, epoch, logs=None):
        codes = np.asarray(self._encode())
        if not codes.size:
            return
        folder = os.path.join(self.log_dir, "projector")
        _register(folder)
        _write_tsv(
            os.path.join(folder, _TENSOR_FILE),
            ((f"{x:.6g}" for x in code) for code in codes),
        )
        _write_tsv(os.path.join(folder, _METADATA_FILE), self._metadata_rows())
        projector.visualize_embeddings(folder, _config(codes.shape))

    def _encode(self):
        return self.model.encode(self.sentences, **as_option(self.labels))

    def _lengths(self):
        """Returns the number of words of each sentence."""
        return [len(split_words(sentence)) for sentence in self.sentences]

    def _metadata_rows(self):
        """Yields a header, then a row for each sentence.

        TensorBoard reads the first row as a header only if there are at least two
        columns, and drops blank rows: the second column prevents both problems.
        """
        yield ("sentence", "words", *self.metadata)
        columns = (self.sentences, self._lengths(), *self.metadata.values())
        yield from zip(*columns, strict=True)


def _register(folder):
    """Writes an empty event file: TensorBoard lists only folders that have one."""
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
    """Writes rows of cells; tabs and line ends in a cell become spaces."""
    with tf.io.gfile.GFile(path, "w") as file:
        for row in rows:
            cells = (" ".join(str(cell).split()) for cell in row)
            file.write("\t".join(cells) + "\n")
