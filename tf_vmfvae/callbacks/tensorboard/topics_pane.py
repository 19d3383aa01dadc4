"""Topics in TensorBoard's Text dashboard."""

import os

from tf_vmfvae import evaluation
from tf_vmfvae.callbacks.tensorboard.tables_pane import TablesPane


class TopicsPane(TablesPane):
    """Writes the topics of a document model after each epoch.

    The table lists the topics that `tf_vmfvae.evaluation.find_topics` finds in the
    given documents, largest first, with their numbers of documents and their top
    words. It forms the run `topics` below `log_dir`.

    Args:
        log_dir: str or path. Folder of this run's TensorBoard logs.
        documents: `tf_vmfvae.data.Documents`. Validation documents.
        topics: int. Number of topics; at most one per document.
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

    run = "topics"

    def __init__(
        self, log_dir: str | os.PathLike, documents, topics: int = 20, seed: int = 0
    ):
        super().__init__(log_dir)
        self.documents = documents
        self.topics = min(topics, len(documents))
        self.seed = seed

    def tables(self):
        found = evaluation.find_topics(
            self.model, self.documents, self.topics, seed=self.seed
        )
        rows = [
            (size, " ".join(words))
            for size, words in zip(found.sizes, found.top_words, strict=True)
        ]
        yield "topics", ("documents", "top words"), rows
