"""Topics in TensorBoard's Text dashboard."""

import os

import keras
import tensorflow as tf

from tf_vmfvae import evaluation
from tf_vmfvae.callbacks.text_table import write_table


class TopicsPane(keras.callbacks.Callback):
    """Writes what a document model's topics are about, each epoch.

    A table of the topics that `tf_vmfvae.evaluation.find_topics` finds among given
    documents, the largest first: how many documents each has, and its top words. It
    makes up the run `topics` below `log_dir`.

    Args:
        log_dir: str or path. Folder of this run's TensorBoard logs.
        documents: `tf_vmfvae.data.Documents`. Validation documents.
        topics: int. How many topics; with fewer documents, one each.
        seed: int. Seed of the search.

    Example:

    >>> import tempfile
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    >>> model = tf_vmfvae.models.NVDM(["ball", "goal", "rain"], latent, seed=1)
    >>> documents = tf_vmfvae.data.Documents.from_rows([[(1, 2), (2, 1)], [(3, 3)]])
    >>> log_dir = tempfile.mkdtemp()
    >>> pane = tf_vmfvae.callbacks.TopicsPane(log_dir, documents, topics=2)
    >>> pane.set_model(model)
    >>> pane.on_train_begin()
    >>> pane.on_epoch_end(0)
    >>> pane.on_train_end()
    >>> os.listdir(log_dir)
    ['topics']
    """

    def __init__(
        self, log_dir: str | os.PathLike, documents, topics: int = 20, seed: int = 0
    ):
        super().__init__()
        self.log_dir = os.fspath(log_dir)
        self.documents = documents
        self.topics = min(topics, len(documents))
        self.seed = seed
        self._writer = None

    def on_train_begin(self, logs=None):
        self._writer = tf.summary.create_file_writer(
            os.path.join(self.log_dir, "topics")
        )

    def on_epoch_end(self, epoch, logs=None):
        found = evaluation.find_topics(
            self.model, self.documents, self.topics, seed=self.seed
        )
        rows = [
            (size, " ".join(words))
            for size, words in zip(found.sizes, found.top_words, strict=True)
        ]
        with self._writer.as_default(step=epoch):
            write_table("topics", ("documents", "top words"), rows)
        self._writer.flush()

    def on_train_end(self, logs=None):
        self._writer.close()
