"""Ids of sentences that stay on disk."""

import numpy as np
import tensorflow as tf

from tf_vmfvae.data.files.number_file import NumberFile


class StoredIds:
    """Ids of sentences for `Batches`, looked up for one batch at a time.

    Args:
        words: a `NumberFile` or int32 array, numbers of words, of one sentence after
            another.
        starts: int64 `[sentences]`, where in `words` each sentence begins.
        lengths: int32 `[sentences]`, numbers of words.
        ids: int32, the id of each word by its number, from 1 up.

    Raises:
        ValueError: an id is below 1.

    >>> words, ids = np.array([1, 0, 2, 1, 0], np.int32), np.array([2, 5, 7], np.int32)
    >>> stored = StoredIds(words, np.array([0, 2]), np.array([2, 3]), ids)
    >>> stored.padded(np.array([1, 0, -1]), length=4).tolist()
    [[7, 5, 2, 0], [5, 2, 0, 0], [0, 0, 0, 0]]
    """

    # Of a word in a padded batch: its id alone.
    cell_shape = ()

    def __init__(
        self,
        words: NumberFile | np.ndarray,
        starts: np.ndarray,
        lengths: np.ndarray,
        ids: np.ndarray,
    ):
        if ids.min() < 1:
            raise ValueError("ids holds the padding id 0: word ids start at 1")
        self._words = words
        self._starts = starts
        self.lengths = lengths
        self._ids = ids
        # Ids that follow those on disk.
        self._more = np.zeros([0], np.int32)

    def __len__(self) -> int:
        return len(self.lengths)

    def nrows(self, out_type: tf.DType = tf.int64) -> tf.Tensor:
        """Returns the number of sentences, as a ragged tensor does."""
        return tf.constant(len(self), out_type)

    def followed_by(self, ids: tf.RaggedTensor) -> "StoredIds":
        """Returns these sentences and then others, which are in memory.

        Args:
            ids: int32 ragged `[others, None]`.
        """
        splits = ids.row_splits.numpy()
        starts = len(self._words) + len(self._more) + splits[:-1]
        joined = StoredIds(
            self._words,
            np.concatenate([self._starts, starts]),
            np.concatenate([self.lengths, np.diff(splits).astype(self.lengths.dtype)]),
            self._ids,
        )
        joined._more = np.concatenate([self._more, ids.flat_values.numpy()])
        return joined

    def padded(self, rows: np.ndarray, length: int) -> np.ndarray:
        """Returns some sentences, padded with zeros, int32 `[rows, length]`.

        Args:
            rows: int64, numbers of sentences, -1 for a row of zeros.
            length: words in a row, at least as many as the longest sentence has.
        """
        padded = np.zeros([len(rows), length], np.int32)
        for row, sentence in zip(padded, rows, strict=True):
            if sentence >= 0:
                count = self.lengths[sentence]
                row[:count] = self._read(self._starts[sentence], count)
        return padded

    def _read(self, start, count):
        """Returns the ids of one sentence."""
        beyond = start - len(self._words)
        if beyond < 0:
            return self._ids[self._words[start : start + count]]
        return self._more[beyond : beyond + count]
