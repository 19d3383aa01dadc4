"""The codes of documents in TensorBoard's projector."""

import os
from collections.abc import Sequence

import numpy as np

from tf_vmfvae.callbacks.tensorboard.projector_pane import ProjectorPane

# Number of words shown for a document.
SHOWN = 8


class DocumentsProjectorPane(ProjectorPane):
    """Shows the codes of given documents in TensorBoard's projector.

    It works like `ProjectorPane`, but for bags of words: a document is shown as the
    words that it has more often than other documents, and can be coloured by its label.

    Args:
        log_dir: str or path. Folder of this run's TensorBoard logs.
        documents: `tf_vmfvae.data.Documents`. The projector is fast with a few
            thousand.
        vocabulary: words of the documents; the id of a word is its index plus 1.

    Example:

    >>> import tempfile
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    >>> words = ["ball", "goal", "rain"]
    >>> model = tf_vmfvae.models.NVDM(words, latent, seed=1)
    >>> rows = [[(1, 1), (2, 3)], [(3, 3)]]
    >>> documents = tf_vmfvae.data.Documents.from_rows(rows, ["sport", "weather"])
    >>> log_dir = tempfile.mkdtemp()
    >>> pane = tf_vmfvae.callbacks.DocumentsProjectorPane(log_dir, documents, words)
    >>> pane.set_model(model)
    >>> pane.on_epoch_end(0)
    >>> import pathlib
    >>> metadata = pathlib.Path(log_dir, "projector", "metadata.tsv")
    >>> print(metadata.read_text().expandtabs())
    sentence        words   label
    goal ball       4       sport
    rain    3       weather
    <BLANKLINE>
    """

    def __init__(
        self, log_dir: str | os.PathLike, documents, vocabulary: Sequence[str]
    ):
        metadata = {} if documents.labels is None else {"label": documents.labels}
        super().__init__(log_dir, _typical_words(documents, vocabulary), metadata)
        self.documents = documents

    def _encode(self):
        return self.model.encode(self.documents)

    def _lengths(self):
        return self.documents.num_words


def _typical_words(documents, vocabulary):
    """Returns the most typical words of each document, as one string each."""
    counts = documents.matrix(len(vocabulary))
    weights = counts.multiply(1.0 / (1 + np.diff(counts.tocsc().indptr))).tocsr()
    return [
        " ".join(vocabulary[i] for i in row.indices[np.argsort(-row.data)[:SHOWN]])
        for row in weights
    ]
