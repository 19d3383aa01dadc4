"""Documents on disk, as sparse bags of words."""

import dataclasses
from collections.abc import Iterator

import numpy as np
import scipy.sparse

from tf_vmfvae.data.documents.documents import Documents, hold_out_rows
from tf_vmfvae.data.files.number_file import NumberFile, read_pieces

# Selections of at most this many documents are in memory.
IN_MEMORY = 10_000
# Pairs on disk that are read at a time: eight megabytes.
CHUNK = 2**20
# One by one if the first and the last are more than this many times their pairs apart.
SPARSE = 2


@dataclasses.dataclass(frozen=True, eq=False)
class StoredDocuments:
    """Bags of words that stay on disk, with labels if these are known.

    `tf_vmfvae.data.load_documents` returns them if it is given a `cache_dir`. They can
    be used like `Documents`, except that `pairs` is missing. Some of them, chosen by a
    slice, a mask or indices, are `Documents` in memory if they are at most 10,000;
    otherwise they stay on disk.

    On disk is every word of a document, so that other vocabularies need no other file.
    In memory a document takes 28 bytes, apart from its label.

    Attributes:
        numbers: a `NumberFile` or int32 array, pairs of the number of a word and its
            count, in any order, of one document after another.
        starts: int64 `[num_documents]`, number of each document's first pair there.
        sizes: int32 `[num_documents]`, how many pairs it has there.
        ids: int32, the id of each word by its number; 0 for one outside of the
            vocabulary.
        lengths: int64 `[num_documents]`, number of different words in each document,
            without those outside of the vocabulary.
        num_words: int64 `[num_documents]`, likewise with repetitions.
        labels: strings `[num_documents]`, or None if there are no labels.

    >>> numbers = np.array([[2, 1], [0, 2], [1, 5], [1, 4]], np.int32).ravel()
    >>> ids = np.array([1, 2, 0], np.int32)
    >>> stored = StoredDocuments.from_numbers(
    ...     numbers, np.array([0, 3]), np.array([3, 1]), ids
    ... )
    >>> len(stored), stored.lengths.tolist(), stored.num_words.tolist()
    (2, [2, 1], [7, 4])
    >>> stored[:1].pairs.tolist()
    [[1, 2], [2, 5]]
    """

    numbers: NumberFile | np.ndarray
    starts: np.ndarray
    sizes: np.ndarray
    ids: np.ndarray
    lengths: np.ndarray
    num_words: np.ndarray
    labels: np.ndarray | None = None

    @classmethod
    def from_numbers(
        cls,
        numbers: NumberFile | np.ndarray,
        starts: np.ndarray,
        sizes: np.ndarray,
        ids: np.ndarray,
        labels: np.ndarray | None = None,
    ) -> "StoredDocuments":
        """Returns documents whose words are counted; they are all read once."""
        lengths, num_words = np.zeros((2, len(starts)), np.int64)
        for rows in chunks(sizes):
            found, counts = read_pairs(numbers, starts[rows], sizes[rows]).T
            known = ids[found] > 0
            lengths[rows] = _sums(known, sizes[rows])
            num_words[rows] = _sums(counts * known, sizes[rows])
        return cls(numbers, starts, sizes, ids, lengths, num_words, labels)

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, rows) -> "Documents | StoredDocuments":
        """Returns some of the documents, chosen by a slice, a mask or indices."""
        rows = np.arange(len(self))[rows]
        return self.read(rows) if len(rows) <= IN_MEMORY else self.select(rows)

    def select(self, rows: np.ndarray) -> "StoredDocuments":
        """Returns some of the documents, which stay on disk, however few they are.

        Args:
            rows: a mask, or integers, numbers of documents.
        """
        return StoredDocuments(
            self.numbers,
            self.starts[rows],
            self.sizes[rows],
            self.ids,
            self.lengths[rows],
            self.num_words[rows],
            None if self.labels is None else self.labels[rows],
        )

    def read(self, rows: np.ndarray) -> Documents:
        """Returns some of the documents in memory, however many they are.

        Args:
            rows: integers, numbers of documents.
        """
        sizes = self.sizes[rows]
        found, counts = read_pairs(self.numbers, self.starts[rows], sizes).T
        ids = self.ids[found]
        known = ids > 0
        lengths = self.lengths[rows]
        row_splits = np.concatenate([[0], np.cumsum(lengths)])
        columns = ids.max(initial=0)
        # In compiled code; NumPy would take longer to put them in order.
        matrix = scipy.sparse.csr_matrix(
            (counts[known], ids[known] - 1, row_splits), shape=(len(lengths), columns)
        )
        matrix.sort_indices()
        documents = Documents.from_matrix(matrix)
        if self.labels is None:
            return documents
        return dataclasses.replace(documents, labels=self.labels[rows])

    def in_memory(self) -> Documents:
        """Returns all of the documents in memory."""
        return self.read(np.arange(len(self)))

    def parts(self) -> Iterator[Documents]:
        """Yields the documents in order, in parts that fit into memory."""
        for rows in chunks(self.sizes):
            yield self.read(np.arange(len(self))[rows])

    @property
    def row_splits(self) -> np.ndarray:
        """Where each document's pairs would begin in memory, as in `Documents`."""
        return np.concatenate([[0], np.cumsum(self.lengths)])

    def padded(self, batch_size: int) -> Iterator[np.ndarray]:
        """Yields batches as `Documents.padded` does, each of them read by itself."""
        for start in range(0, len(self), batch_size):
            rows = np.arange(start, min(start + batch_size, len(self)))
            yield from self.read(rows).padded(batch_size)

    def matrix(self, vocabulary_size: int) -> scipy.sparse.csr_matrix:
        """Returns the counts in memory, as `Documents.matrix` does."""
        return self.in_memory().matrix(vocabulary_size)

    def split(
        self, every: int, seed: int
    ) -> tuple["StoredDocuments", "StoredDocuments"]:
        """Holds out documents as `Documents.split` does; all of them stay on disk."""
        left, held_out = hold_out_rows(len(self), every, seed)
        return self.select(left), self.select(held_out)

    def halve(self, seed: int | np.random.Generator) -> tuple[Documents, Documents]:
        """Divides the words of each document in memory, as `Documents.halve` does."""
        return self.in_memory().halve(seed)


def chunks(sizes: np.ndarray) -> Iterator[slice]:
    """Yields slices of documents, to read not too many pairs at a time.

    Args:
        sizes: how many pairs each document has on disk.

    >>> list(chunks(np.array([CHUNK - 1, 1, 1, CHUNK + 1])))
    [slice(0, 2, None), slice(2, 3, None), slice(3, 4, None)]
    """
    ends = np.cumsum(sizes, dtype=np.int64)
    start, before = 0, 0
    while start < len(sizes):
        end = int(np.searchsorted(ends, before + CHUNK, side="right"))
        end = max(end, start + 1)
        yield slice(start, end)
        start, before = end, ends[end - 1]


def read_pairs(
    numbers: NumberFile | np.ndarray, starts: np.ndarray, sizes: np.ndarray
) -> np.ndarray:
    """Returns the pairs of documents as they are on disk, int32 `[num_pairs, 2]`.

    Args:
        numbers: the pairs, see `StoredDocuments`.
        starts: int64 `[num_documents]`, number of each document's first pair.
        sizes: how many pairs each has.
    """
    if not len(starts):
        return np.zeros((0, 2), np.int32)
    # A pair has two numbers.
    pieces = read_pieces(numbers, 2 * starts, 2 * sizes, SPARSE)
    return pieces.reshape(-1, 2)


def _sums(values, sizes):
    """Returns the sum over the pairs of each document."""
    total = np.concatenate([[0], np.cumsum(values, dtype=np.int64)])
    ends = np.cumsum(sizes, dtype=np.int64)
    return total[ends] - total[ends - sizes]
