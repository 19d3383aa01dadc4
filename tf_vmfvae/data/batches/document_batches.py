"""Batches of documents as sparse bags of words."""

import numpy as np
import tensorflow as tf

from tf_vmfvae.data.batches.batches import Batches
from tf_vmfvae.data.batches.stored_pairs import StoredPairs
from tf_vmfvae.data.documents.documents import Documents
from tf_vmfvae.data.documents.stored_documents import StoredDocuments


class DocumentBatches(Batches):
    """Batches of bags of words as padded pairs; each document comes once per epoch.

    Like `Batches`, but each batch has documents of all lengths. Long documents have
    larger gradients, so a batch of only these would take a larger step.

    Args:
        documents: the documents; none is empty. `StoredDocuments` stay on disk, and a
            batch is read when it is needed.
        batch_size: rows per batch.
        shuffle: whether each epoch has its own order.
        seed: seed of the order, not negative.

    Attributes:
        lengths: int64 `[num_examples]`, different words per document.
        num_words: words per epoch, with repetitions.

    Raises:
        ValueError: there are no documents, one is empty, or an argument is out of
            range.

    >>> documents = Documents.from_rows([[(1, 2), (3, 1)], [(2, 4)]])
    >>> batches = DocumentBatches(documents, batch_size=2, shuffle=False)
    >>> for batch in batches.dataset():
    ...     print(batch.numpy().tolist())
    [[[1, 2], [3, 1]], [[2, 4], [0, 0]]]
    """

    def __init__(
        self,
        documents: Documents | StoredDocuments,
        batch_size: int,
        shuffle: bool = True,
        seed: int = 0,
    ) -> None:
        if isinstance(documents, StoredDocuments):
            pairs = StoredPairs(documents)
        else:
            pairs = tf.RaggedTensor.from_row_splits(
                documents.pairs, documents.row_splits, validate=False
            )
        self._num_words = documents.num_words
        super().__init__(pairs, batch_size, shuffle=shuffle, seed=seed)

    def _words_in(self, rows: np.ndarray) -> int:
        # A word counts as often as it occurs.
        return int(self._num_words[rows].sum())

    def _batch_lengths(self, rows: np.ndarray) -> np.ndarray:
        return self.plan()[1]

    def _order(self, rng: np.random.Generator) -> np.ndarray:
        order = np.sort(self._choose(rng))
        return rng.permutation(order) if self.shuffle else order
