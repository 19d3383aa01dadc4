"""Bags of words that stay on disk."""

import numpy as np

from tf_vmfvae.data.documents.documents import pad_pairs
from tf_vmfvae.data.documents.stored_documents import StoredDocuments


class StoredPairs:
    """Bags of words for `DocumentBatches`, read for one batch at a time.

    Args:
        documents: the documents.

    Attributes:
        lengths: int64 `[num_documents]`, different words per document.

    >>> numbers = np.array([[1, 2], [0, 3], [1, 1]], np.int32).ravel()
    >>> starts, sizes, ids = np.array([0, 1]), np.array([1, 2]), np.array([1, 2])
    >>> documents = StoredDocuments.from_numbers(numbers, starts, sizes, ids)
    >>> StoredPairs(documents).padded(np.array([1, 0, -1]), length=2).tolist()
    [[[1, 3], [2, 1]], [[2, 2], [0, 0]], [[0, 0], [0, 0]]]
    """

    # Of a word in a padded batch: its id and its count.
    cell_shape = (2,)

    def __init__(self, documents: StoredDocuments):
        self._documents = documents
        self.lengths = documents.lengths

    def padded(self, rows: np.ndarray, length: int) -> np.ndarray:
        """Returns some documents, padded with zeros, int32 `[rows, length, 2]`.

        Args:
            rows: int64, numbers of documents, -1 for a row of zeros.
            length: pairs in a row, at least as many as the longest document has.
        """
        found = self._documents.read(rows[rows >= 0])
        lengths = np.zeros(len(rows), np.int64)
        lengths[rows >= 0] = found.lengths
        return pad_pairs(found.pairs, lengths, length)
