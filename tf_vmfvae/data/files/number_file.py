"""A file of numbers that is read piece by piece."""

import os
import weakref

import numpy as np


class NumberFile:
    """int32 numbers in a file, of which slices are read when they are asked for.

    A file that is mapped into memory would count as memory of the process, page by page
    as they are read, until all of it did.

    Args:
        path: the file, which holds nothing but little-endian int32 numbers.

    Raises:
        OSError: it cannot be opened, or, when a slice is read, it has become shorter.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "numbers")
    ...     np.arange(9, dtype="<i4").tofile(path)
    ...     numbers = NumberFile(path)
    >>> len(numbers), numbers[2:5].tolist()
    (9, [2, 3, 4])
    """

    def __init__(self, path: str | os.PathLike):
        self._path = path
        # Stays open: whoever deletes the file does not disturb this process.
        self._file = os.open(path, os.O_RDONLY)
        weakref.finalize(self, os.close, self._file)
        self._count = os.fstat(self._file).st_size // 4

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, piece: slice) -> np.ndarray:
        start, stop, _ = piece.indices(self._count)
        # At a place of its own, so that threads do not disturb each other.
        content = os.pread(self._file, 4 * (stop - start), 4 * start)
        if len(content) != 4 * (stop - start):
            raise OSError(f"{self._path} was cut short while it was read")
        return np.frombuffer(content, "<i4")


def read_pieces(
    numbers: NumberFile | np.ndarray,
    starts: np.ndarray,
    lengths: np.ndarray,
    sparse: float,
) -> np.ndarray:
    """Returns several pieces of numbers, one after another.

    Args:
        numbers: the numbers.
        starts: int64 `[pieces]`, where each begins; at least one.
        lengths: integers `[pieces]`, how many numbers each has.
        sparse: if the first and the last of them are more than this many times their
            numbers apart, they are read one by one, otherwise with all between them.

    >>> read_pieces(np.arange(9), np.array([5, 1]), np.array([2, 3]), 9.0).tolist()
    [5, 6, 1, 2, 3]
    """
    ends = starts + lengths
    first, last = starts.min(), ends.max()
    if last - first > sparse * lengths.sum():
        pieces = zip(starts.tolist(), ends.tolist(), strict=True)
        return np.concatenate([numbers[start:end] for start, end in pieces])
    found = numbers[first:last]
    if np.array_equal(starts[1:], ends[:-1]):
        return found
    offsets = np.repeat(starts - first - np.cumsum(lengths) + lengths, lengths)
    return found[offsets + np.arange(len(offsets))]
