"""Documents as bags of words, sparse."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import scipy.sparse

# How missing values print in Python, NumPy and pandas.
_MISSING = ("None", "nan", "NaT", "<NA>")


@dataclasses.dataclass(frozen=True)
class Documents:
    """Bags of words and, where they are known, labels.

    The documents lie one after the other: document `i` has the pairs
    `pairs[row_splits[i]:row_splits[i + 1]]`. A pair takes eight bytes, so 800,000
    documents of 75 different words take half a gigabyte.

    Attributes:
        pairs: int32 `[num_pairs, 2]`, word ids from 1 up, each with its count.
        row_splits: int64 `[num_documents + 1]`.
        labels: a label a document, or None.

    >>> documents = Documents.from_rows([[(1, 2), (3, 1)], [(2, 4)]], ["a", "b"])
    >>> len(documents), documents.num_words.tolist()
    (2, [3, 4])
    >>> documents.matrix(3).toarray().tolist()
    [[2, 0, 1], [0, 4, 0]]
    >>> documents[[1]].labels.tolist()
    ['b']
    """

    pairs: np.ndarray
    row_splits: np.ndarray
    labels: np.ndarray | None = None

    @classmethod
    def from_rows(
        cls,
        rows: Iterable[Sequence[tuple[int, int]]],
        labels: Sequence[str] | None = None,
    ) -> "Documents":
        """Makes documents of their pairs of word id and count."""
        rows = [np.asarray(row, np.int32).reshape(-1, 2) for row in rows]
        return cls(
            np.concatenate([np.zeros((0, 2), np.int32), *rows]),
            np.cumsum([0, *map(len, rows)], dtype=np.int64),
            _labels(labels, len(rows)),
        )

    @classmethod
    def from_matrix(
        cls, matrix: scipy.sparse.csr_matrix, labels: Sequence[str] | None = None
    ) -> "Documents":
        """Makes documents of a sparse matrix of counts, a row a document."""
        pairs = np.stack([matrix.indices + 1, matrix.data], axis=1).astype(np.int32)
        return cls(
            pairs,
            matrix.indptr.astype(np.int64),
            _labels(labels, matrix.shape[0]),
        )

    def __len__(self) -> int:
        return len(self.row_splits) - 1

    def __getitem__(self, rows) -> "Documents":
        """Takes some of the documents: a slice, a mask, or indices."""
        rows = np.arange(len(self))[rows]
        lengths = np.diff(self.row_splits)
        if np.all(np.diff(rows) > 0):
            # A byte a pair, where indices would take eight.
            chosen = np.zeros(len(self), bool)
            chosen[rows] = True
            pairs = self.pairs[np.repeat(chosen, lengths)]
        else:
            parts = [self.pairs[slice(*self.row_splits[i : i + 2])] for i in rows]
            pairs = np.concatenate([self.pairs[:0], *parts])
        row_splits = np.concatenate([[0], np.cumsum(lengths[rows])]).astype(np.int64)
        labels = None if self.labels is None else self.labels[rows]
        return Documents(pairs, row_splits, labels)

    @property
    def num_words(self) -> np.ndarray:
        """Words of each document, repetitions counted, int64 `[num_documents]`."""
        total = np.concatenate([[0], np.cumsum(self.pairs[:, 1], dtype=np.int64)])
        return np.diff(total[self.row_splits])

    def padded(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields the documents in order, int32 `[batch, pairs, 2]` padded with zeros.

        Empty documents keep their row.
        """
        lengths = np.diff(self.row_splits)
        for start in range(0, len(self), batch_size):
            here = lengths[start : start + batch_size]
            cells = np.arange(max(here.max(), 1)) < here[:, None]
            batch = np.zeros((*cells.shape, 2), np.int32)
            first = self.row_splits[start]
            batch[cells] = self.pairs[first : first + here.sum()]
            yield batch

    def matrix(self, vocabulary_size: int) -> scipy.sparse.csr_matrix:
        """Returns the counts as a sparse matrix, `[num_documents, vocabulary_size]`."""
        ids, counts = self.pairs[:, 0], self.pairs[:, 1]
        return scipy.sparse.csr_matrix(
            (counts, ids - 1, self.row_splits), shape=(len(self), vocabulary_size)
        )

    def split(self, every: int, seed: int) -> tuple["Documents", "Documents"]:
        """Holds out one document in `every`, at random.

        Returns:
            What is left, and what was held out; at least one document each.

        Raises:
            ValueError: there are fewer than two documents.
        """
        if len(self) < 2:
            raise ValueError(
                f"Documents.split needs at least two documents, one to keep and one to "
                f"hold out, but there are {len(self)}"
            )
        order = np.random.default_rng(seed).permutation(len(self))
        count = max(len(self) // every, 1)
        return self[np.sort(order[count:])], self[np.sort(order[:count])]


def _labels(labels, count):
    """Returns the labels as an array of strings.

    Raises:
        ValueError: a label is missing, or there are more labels than documents.
    """
    if labels is None:
        return None
    labels = list(labels)
    if len(labels) != count:
        raise ValueError(f"labels: {len(labels)} for {count} documents: give one each")
    for place, label in enumerate(labels):
        if not isinstance(label, str) and str(label) in _MISSING:
            raise ValueError(f"labels[{place}] is {label}: give each document a label")
    return np.asarray(labels, str)
