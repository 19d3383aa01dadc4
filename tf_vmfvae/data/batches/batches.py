"""Batches of sentences of about the same length."""

import math
from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from tf_vmfvae.data.batches.buckets import choose_bucket_lengths

MAX_BUCKETS = 8


class Batches:
    """Padded batches with few shapes, each example once an epoch.

    Examples are sorted into length buckets and each batch is padded to its bucket's
    length. What does not fill a batch moves up into the next longer bucket, so every
    batch is full but one, which rows of zeros fill up: every batch has exactly
    `batch_size` rows, and a replica of a `tf.distribute` strategy always gets its
    share. A row of zeros is no example.

    An epoch's order is a function of `seed` and the epoch's number alone, worked out
    before its first batch. So going on in the middle of an epoch (`start`) costs
    nothing and gives the very batches that were still to come.

    Args:
        ids: int32 ragged `[num_examples, None]`, word ids from 1 up; no row is empty.
        batch_size: rows a batch; of fewer examples, all of them make up the batch.
        buckets: how many bucket lengths to choose at the most (`MAX_BUCKETS` if left
            out), or the increasing bucket lengths themselves, in words.
        shuffle: whether each epoch has its own order. Without it batches go from the
            shortest sentences to the longest.
        seed: seed of the order, not negative.

    Attributes:
        batch_size: rows a batch.
        lengths: int64 `[num_examples]`, words an example.
        num_examples: examples an epoch.
        num_words: words of the first epoch, `<eos>` included.
        bucket_lengths: the lengths that batches are padded to; no batch has another.
        padding_share: share of an epoch's cells that hold padding, 0 to 1.

    Raises:
        ValueError: there are no examples, a row is empty or holds the padding id 0, or
            an argument is out of its range.

    >>> ids = tf.ragged.constant([[5, 2], [4, 6, 2], [7, 2]], dtype=tf.int32)
    >>> batches = Batches(ids, batch_size=2, shuffle=False)
    >>> len(batches)
    2
    >>> for batch in batches.dataset():
    ...     print(batch.numpy().tolist())
    [[5, 2], [7, 2]]
    [[4, 6, 2], [0, 0, 0]]
    """

    def __init__(
        self,
        ids: tf.RaggedTensor,
        batch_size: int,
        buckets: int | Sequence[int] | None = None,
        shuffle: bool = True,
        seed: int = 0,
    ) -> None:
        if batch_size < 1:
            raise ValueError(f"batch_size is {batch_size}: give at least 1")
        if seed < 0:
            raise ValueError(f"seed is {seed}: give 0 or a positive number")
        self.shuffle = bool(shuffle)
        self.seed = int(seed)

        # The words lie on the host whatever device is the default: batches are put
        # together there.
        self._words = ids.flat_values.numpy().astype(np.int32, copy=False)
        row_splits = ids.row_splits.numpy().astype(np.int64)
        self._row_starts = row_splits[:-1]
        self.lengths = np.diff(row_splits)
        self.num_examples = self._examples_an_epoch()
        if self.num_examples == 0:
            raise ValueError("ids holds no examples: there is nothing to batch")
        self.batch_size = min(int(batch_size), self.num_examples)
        if self.lengths.min() == 0:
            row = int(np.argmin(self.lengths))
            raise ValueError(f"ids row {row} is empty: every row must hold a word")
        if self._words.min() < 1:
            raise ValueError("ids holds the padding id 0: word ids start at 1")

        self.bucket_lengths = self._bucket_lengths(buckets)
        self._bucket_of = np.searchsorted(self.bucket_lengths, self.lengths)
        indices, plan_lengths = self.plan()
        self.num_words = int(self.lengths[indices[indices >= 0]].sum())
        self.padding_share = 1 - self.num_words / (self.batch_size * plan_lengths.sum())

    def __len__(self) -> int:
        """Batches an epoch, the same for every epoch."""
        return math.ceil(self.num_examples / self.batch_size)

    def plan(self, epoch: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Says which examples each batch of an epoch holds.

        Args:
            epoch: the epoch's number, from 0.

        Returns:
            Example indices int64 `[num_batches, batch_size]`, -1 where a row has no
            example, and padded lengths in words int64 `[num_batches]`.
        """
        if epoch < 0:
            raise ValueError(f"epoch is {epoch}: the first one is 0")
        rng = np.random.default_rng([self.seed, epoch])
        order = self._order(rng)
        # Cut in one go, so that a bucket's left-overs start the next bucket's batch.
        absent = np.full(len(self) * self.batch_size - self.num_examples, -1)
        indices = np.concatenate([order, absent]).reshape(-1, self.batch_size)
        longest = np.max(np.where(indices < 0, -1, self._bucket_of[indices]), axis=1)
        lengths = np.asarray(self.bucket_lengths, np.int64)[longest]
        if self.shuffle:
            batch_order = rng.permutation(len(self))
            indices, lengths = indices[batch_order], lengths[batch_order]
        return indices, lengths

    def dataset(self, epoch: int = 0, start: int = 0) -> tf.data.Dataset:
        """Gives an epoch's batches.

        Args:
            epoch: the epoch's number, from 0.
            start: the first batch to give, 0 to `len(self)`.

        Returns:
            A dataset of int32 `[batch_size, length]`, padded with zeros, where `length`
            is one of `bucket_lengths`.

        Raises:
            ValueError: `epoch` or `start` is out of its range.
        """
        if not 0 <= start <= len(self):
            raise ValueError(
                f"start is {start}: an epoch has batches 0 to {len(self) - 1}"
            )
        indices, lengths = self.plan(epoch)
        with tf.device("CPU"):
            words = tf.constant(self._words)
            row_starts = tf.constant(self._row_starts)
            row_lengths = tf.constant(self.lengths)

        def pad(rows: tf.Tensor, length: tf.Tensor) -> tf.Tensor:
            is_example = rows >= 0
            rows = tf.maximum(rows, 0)
            starts = tf.gather(row_starts, rows)
            words_here = tf.where(is_example, tf.gather(row_lengths, rows), 0)
            # Padding comes last: of documents it is most of the cells.
            cells = tf.ragged.range(starts, starts + words_here)
            found = cells.with_values(tf.gather(words, cells.values))
            shape = [self.batch_size, length, *words.shape[1:]]
            return found.to_tensor(shape=tf.stack(shape))

        dataset = tf.data.Dataset.from_tensor_slices((indices[start:], lengths[start:]))
        return dataset.map(pad).prefetch(2).with_options(_own_thread())

    def _order(self, rng: np.random.Generator) -> np.ndarray:
        """The examples from bucket to bucket, int64 `[num_examples]`."""
        chosen = self._choose(rng)
        if self.shuffle:
            ties = rng.random(self.num_examples)
            return chosen[np.lexsort((ties, self._bucket_of[chosen]))]
        return chosen[np.argsort(self.lengths[chosen], kind="stable")]

    def _examples_an_epoch(self) -> int:
        return len(self.lengths)

    def _choose(self, rng: np.random.Generator) -> np.ndarray:
        """The examples of an epoch in any order, int64 `[num_examples]`: here all."""
        return np.arange(self.num_examples)

    def _bucket_lengths(self, buckets: int | Sequence[int] | None) -> list[int]:
        if buckets is None:
            return choose_bucket_lengths(self.lengths, MAX_BUCKETS)
        if isinstance(buckets, int):
            return choose_bucket_lengths(self.lengths, buckets)
        bucket_lengths = [int(length) for length in buckets]
        if bucket_lengths != sorted(set(bucket_lengths)):
            raise ValueError(f"buckets {bucket_lengths} do not increase: sort them")
        longest = int(self.lengths.max())
        if not bucket_lengths or bucket_lengths[-1] < longest:
            raise ValueError(
                f"buckets {bucket_lengths} do not hold the longest example, which has "
                f"{longest} words: add a bucket of that length"
            )
        return bucket_lengths


def _own_thread() -> tf.data.Options:
    """A thread of the data set's own, and nobody who tunes it.

    Among the model's threads, and tuned, feeding a small model takes its time away: on
    one core a step of the document model took half as long again.
    """
    options = tf.data.Options()
    options.threading.private_threadpool_size = 1
    options.autotune.enabled = False
    return options
