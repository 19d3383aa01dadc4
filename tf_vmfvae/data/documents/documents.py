"""Documents as sparse bags of words."""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import scipy.sparse

from tf_vmfvae.data.splits.held_out import hold_out

# How missing values print in Python, NumPy and pandas.
_MISSING = ("None", "nan", "NaT", "<NA>")


@dataclasses.dataclass(frozen=True)
class Documents:
    """Bags of words, with labels if these are known.

    The documents are stored one after the other: document `i` has the pairs
    `pairs[row_splits[i]:row_splits[i + 1]]`. A pair takes eight bytes, so 800,000
    documents of 75 different words take half a gigabyte.

    Attributes:
        pairs: int32 `[num_pairs, 2]`, word ids from 1 up, each with its count.
        row_splits: int64 `[num_documents + 1]`.
        labels: strings `[num_documents]`, or None if there are no labels.

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
        """Returns documents made from their pairs of word id and count."""
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
        """Returns the documents whose counts are the rows of a sparse matrix."""
        # In place: the matrix may take as much memory as the pairs.
        pairs = np.empty((matrix.nnz, 2), np.int32)
        pairs[:, 0] = matrix.indices
        pairs[:, 0] += 1
        pairs[:, 1] = matrix.data
        return cls(
            pairs,
            matrix.indptr.astype(np.int64),
            _labels(labels, matrix.shape[0]),
        )

    def __len__(self) -> int:
        return len(self.row_splits) - 1

    def __getitem__(self, rows) -> "Documents":
        """Returns some of the documents, chosen by a slice, a mask or indices."""
        rows = np.arange(len(self))[rows]
        lengths = self.lengths
        if np.all(np.diff(rows) > 0):
            # A mask takes one byte per pair; indices would take eight.
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
    def lengths(self) -> np.ndarray:
        """Number of different words in each document, int64 `[num_documents]`."""
        return np.diff(self.row_splits)

    @property
    def num_words(self) -> np.ndarray:
        """Number of words in each document, with repetitions, as `lengths`."""
        total = np.concatenate([[0], np.cumsum(self.pairs[:, 1], dtype=np.int64)])
        return np.diff(total[self.row_splits])

    def padded(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields batches of the documents in order, padded with zeros.

        Args:
            batch_size: documents in a batch; the last batch may have fewer.

        Yields:
            int32 `[batch, pairs, 2]`; the row of an empty document is all zeros.
        """
        lengths = self.lengths
        for start in range(0, len(self), batch_size):
            here = lengths[start : start + batch_size]
            first = self.row_splits[start]
            pairs = self.pairs[first : first + here.sum()]
            yield pad_pairs(pairs, here, max(here.max(), 1))

    def parts(self) -> Iterator["Documents"]:
        """Yields the documents in parts that fit into memory: here all at once."""
        yield self

    def matrix(self, vocabulary_size: int) -> scipy.sparse.csr_matrix:
        """Returns the counts as a sparse matrix, `[num_documents, vocabulary_size]`."""
        ids, counts = self.pairs[:, 0], self.pairs[:, 1]
        return scipy.sparse.csr_matrix(
            (counts, ids - 1, self.row_splits), shape=(len(self), vocabulary_size)
        )

    def split(self, every: int, seed: int) -> tuple["Documents", "Documents"]:
        """Holds out one document in `every`, chosen at random.

        Returns:
            The documents that are left, and those held out; at least one of each.

        Raises:
            ValueError: there are fewer than two documents.
        """
        left, held_out = hold_out_rows(len(self), every, seed)
        return self[left], self[held_out]

    def halve(self, seed: int | np.random.Generator) -> tuple["Documents", "Documents"]:
        """Divides the words of each document into two halves at random.

        A model that reads the first half can be judged by how well it predicts the
        second one.

        Args:
            seed: seed of the choice, or a generator. With the same generator, parts of
                the documents are halved one after another as they would be all at once.

        Returns:
            The first halves and the second halves, both in the order of the documents.
            If a document has an odd number of words, its first half has one more.

        >>> first, second = Documents.from_rows([[(1, 2), (3, 3)], [(2, 1)]]).halve(0)
        >>> first.num_words.tolist(), second.num_words.tolist()
        ([3, 1], [2, 0])
        """
        num_words = self.num_words
        # The words one after another, each by the number of its pair, then in random
        # order within each document.
        pair_of = np.repeat(np.arange(len(self.pairs)), self.pairs[:, 1])
        noise = np.random.default_rng(seed).random(len(pair_of))
        order = np.lexsort((noise, np.repeat(np.arange(len(self)), num_words)))
        start_of = np.repeat(np.cumsum(num_words) - num_words, num_words)
        is_first = (np.arange(len(pair_of)) - start_of) % 2 == 0
        first = np.bincount(pair_of[order[is_first]], minlength=len(self.pairs))
        return self._with_counts(first), self._with_counts(self.pairs[:, 1] - first)

    def _with_counts(self, counts):
        """Returns the documents with other counts; those that are 0 are left out."""
        kept = counts > 0
        pairs = np.stack([self.pairs[:, 0], counts], axis=1)[kept].astype(np.int32)
        before = np.concatenate([[0], np.cumsum(kept)])
        return Documents(pairs, before[self.row_splits], self.labels)


def hold_out_rows(count: int, every: int, seed: int) -> list[np.ndarray]:
    """Returns the numbers of the documents for `Documents.split`, and raises the same.

    >>> [rows.tolist() for rows in hold_out_rows(4, every=2, seed=0)]
    [[1, 3], [0, 2]]
    """
    if count < 2:
        raise ValueError(
            "Documents.split needs at least two documents, one to keep and one to "
            f"hold out, but there are {count}"
        )
    return hold_out(count, one_in=every, seed=seed)


def pad_pairs(pairs: np.ndarray, lengths: np.ndarray, width: int) -> np.ndarray:
    """Returns the pairs of documents as rows, padded with zeros.

    Args:
        pairs: int32 `[num_pairs, 2]`, of one document after the other.
        lengths: integers `[documents]`, how many each has.
        width: pairs in a row, at least as many as any document has.

    Returns:
        int32 `[documents, width, 2]`.

    >>> pad_pairs(np.array([[1, 2], [3, 1], [2, 4]]), np.array([2, 1]), 2).tolist()
    [[[1, 2], [3, 1]], [[2, 4], [0, 0]]]
    """
    cells = np.arange(width) < lengths[:, None]
    rows = np.zeros((*cells.shape, 2), np.int32)
    rows[cells] = pairs
    return rows


def _labels(labels, count):
    """Returns the labels as an array of strings, or None.

    Raises:
        ValueError: a label is missing, or there are not `count` labels.
    """
    if labels is None:
        return None
    labels = list(labels)
    if len(labels) != count:
        raise ValueError(f"labels: {len(labels)} for {count} documents: give one each")
    for position, label in enumerate(labels):
        if not isinstance(label, str) and str(label) in _MISSING:
            raise ValueError(
                f"labels[{position}] is {label}: give each document a label"
            )
    return np.asarray(labels, str)
