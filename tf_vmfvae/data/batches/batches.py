"""Batches of sentences of similar length."""

import copy
import math
import numbers
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import tensorflow as tf

from tf_vmfvae.data.batches.buckets import choose_bucket_lengths, order_by_bucket
from tf_vmfvae.data.batches.stored_ids import StoredIds
from tf_vmfvae.data.batches.stored_pairs import StoredPairs

MAX_BUCKETS = 8


class Batches:
    """Padded batches with few shapes; each example comes once per epoch.

    Examples are sorted into buckets by length, and each batch is padded to the length
    of its bucket. Examples that do not fill a batch move up into the next longer
    bucket, so only one batch is not full; it is filled up with rows of zeros, which do
    not count as examples. Every batch has exactly `batch_size` rows, so each replica of
    a `tf.distribute` strategy always gets its share.

    The order of an epoch depends only on `seed` and the number of the epoch, and it is
    known before the first batch. An epoch can therefore be resumed in the middle
    (`start`) at no cost, and the remaining batches are the same.

    Args:
        ids: int32 ragged `[num_examples, None]`, word ids from 1 up; no row is empty.
            Or a dictionary of these and of tensors with one number for each example,
            such as labels, as `LanguageModel.to_ids` returns it; batches then are such
            dictionaries. The ids may also be `StoredIds`, which stay on disk.
        batch_size: rows per batch. If there are fewer examples, one batch holds all.
        buckets: the largest number of bucket lengths to choose, or the bucket lengths
            themselves, increasing, in words.
        shuffle: whether each epoch has its own order. If not, batches go from the
            shortest sentences to the longest.
        seed: seed of the order, not negative.

    Attributes:
        batch_size: rows per batch.
        lengths: integers `[num_examples]`, words per example.
        num_examples: examples per epoch.
        num_words: words in the first epoch, including `<eos>`.
        bucket_lengths: the lengths that batches are padded to.
        padding_share: share of padding in the batches of an epoch, 0 to 1.

    Raises:
        ValueError: there are no examples, a row is empty or contains the padding id 0,
            there is not one number for each example, or an argument is out of range.

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
        ids: tf.RaggedTensor
        | StoredIds
        | StoredPairs
        | dict[str, tf.RaggedTensor | StoredIds | tf.Tensor | np.ndarray],
        batch_size: int,
        buckets: int | Sequence[int] = MAX_BUCKETS,
        shuffle: bool = True,
        seed: int = 0,
    ) -> None:
        if batch_size < 1:
            raise ValueError(f"batch_size is {batch_size}: give at least 1")
        if seed < 0:
            raise ValueError(f"seed is {seed}: give 0 or a positive number")
        self.shuffle = bool(shuffle)
        self.seed = int(seed)

        # If the batches are dictionaries: the name of the ids, and the other entries.
        self._name, ids, self._columns = _split(ids)
        is_stored = isinstance(ids, StoredIds | StoredPairs)
        self._stored = ids if is_stored else None
        if self._stored is not None:
            self.lengths = ids.lengths
        else:
            # The words stay on the host, where batches are put together.
            self._words = ids.flat_values.numpy().astype(np.int32, copy=False)
            row_splits = ids.row_splits.numpy().astype(np.int64)
            self._row_starts = row_splits[:-1]
            self.lengths = np.diff(row_splits)
        self.num_examples = self._epoch_size()
        if self.num_examples == 0:
            raise ValueError("ids holds no examples: give at least one")
        self.batch_size = min(int(batch_size), self.num_examples)
        if self.lengths.min() == 0:
            row = int(np.argmin(self.lengths))
            raise ValueError(f"ids row {row} is empty: give every row a word")
        if self._stored is None and self._words.min() < 1:
            raise ValueError("ids holds the padding id 0: word ids start at 1")

        self.bucket_lengths = self._bucket_lengths(buckets)
        # In few bytes, because there may be millions of examples.
        self._bucket_of = np.searchsorted(self.bucket_lengths, self.lengths).astype(
            np.min_scalar_type(len(self.bucket_lengths))
        )
        self._count()

    def __len__(self) -> int:
        """Number of batches per epoch, the same for every epoch."""
        return math.ceil(self.num_examples / self.batch_size)

    def sample(self, count: int, seed: int = 0) -> "Batches":
        """Returns batches of some of the examples, chosen at random.

        They have the same shapes, so no graph is traced again for them, and are not
        shuffled.

        Args:
            count: number of examples; all of them if there are fewer.
            seed: seed of the choice.

        Raises:
            ValueError: `count` is below 1.

        >>> ids = tf.ragged.constant([[5, 2], [4, 6, 2], [7, 2]], dtype=tf.int32)
        >>> [batch] = Batches(ids, batch_size=3).sample(2, seed=1).dataset()
        >>> batch.numpy().tolist()
        [[5, 2, 0], [4, 6, 2], [0, 0, 0]]
        """
        if count < 1:
            raise ValueError(f"count is {count}: give at least 1")
        sample = copy.copy(self)
        sample.shuffle = False
        sample.num_examples = min(count, self.num_examples)
        rng = np.random.default_rng(seed)
        rows = rng.choice(self._order(rng), sample.num_examples, replace=False)
        sample._choose = lambda rng: rows
        sample._count()
        return sample

    def plan(self, epoch: int = 0) -> tuple[np.ndarray, np.ndarray]:
        """Returns which examples each batch of an epoch holds.

        Args:
            epoch: number of the epoch, from 0.

        Returns:
            Indices of examples, int64 `[num_batches, batch_size]`, -1 for a row of
            zeros, and the length of each batch in words, int64 `[num_batches]`.
        """
        if epoch < 0:
            raise ValueError(f"epoch is {epoch}: epochs are numbered from 0")
        rng = np.random.default_rng([self.seed, epoch])
        order = self._order(rng)
        # Buckets follow one another, so the rest of one starts a batch of the next.
        absent = np.full(len(self) * self.batch_size - self.num_examples, -1)
        indices = np.concatenate([order, absent]).reshape(-1, self.batch_size)
        # A batch with a row of zeros has an example too, whose bucket is 0 or more.
        longest = np.max(np.where(indices < 0, 0, self._bucket_of[indices]), axis=1)
        lengths = np.asarray(self.bucket_lengths, np.int64)[longest]
        if self.shuffle:
            batch_order = rng.permutation(len(self))
            indices, lengths = indices[batch_order], lengths[batch_order]
        return indices, lengths

    def dataset(
        self, epoch: int = 0, start: int = 0, epochs: int = 1
    ) -> tf.data.Dataset:
        """Returns the batches of an epoch, or of several in a row.

        Args:
            epoch: number of the epoch, from 0.
            start: number of the first batch to return, 0 to `len(self)`.
            epochs: number of epochs. `fit` with `steps_per_epoch=len(self)` reads them
                one after the other, without the cost of a new dataset for each.

        Returns:
            A dataset of int32 `[batch_size, length]`, padded with zeros, where `length`
            is one of `bucket_lengths`; or of dictionaries of these and of the numbers
            of each example, `[batch_size]`.

        Raises:
            ValueError: an argument is out of range.
        """
        if not 0 <= start <= len(self):
            raise ValueError(
                f"start is {start}: the batches of an epoch are numbered 0 to "
                f"{len(self) - 1}"
            )
        if epochs < 1:
            raise ValueError(f"epochs is {epochs}: give at least 1")
        plans = [self.plan(epoch + later) for later in range(epochs)]
        indices, lengths = map(np.concatenate, zip(*plans, strict=True))
        dataset = tf.data.Dataset.from_tensor_slices((indices[start:], lengths[start:]))
        dataset = dataset.map(self._batch()).with_options(_one_private_thread())
        # What is on disk is read by Python. A thread that reads ahead would wait for an
        # interpreter that is ending, and the interpreter for the thread.
        return dataset.prefetch(2) if self._stored is None else dataset

    def _batch(self) -> Callable:
        """Returns a function from examples and the length of a batch to the batch."""
        pad = self._pad_in_memory() if self._stored is None else self._pad_stored()
        if self._name is None:
            return pad
        with tf.device("CPU"):
            columns = {name: tf.constant(c) for name, c in self._columns.items()}

        def batch(rows: tf.Tensor, length: tf.Tensor) -> dict[str, tf.Tensor]:
            places = tf.maximum(rows, 0)
            numbers = {
                name: tf.where(rows >= 0, tf.gather(column, places), 0)
                for name, column in columns.items()
            }
            return {self._name: pad(rows, length), **numbers}

        return batch

    def _pad_in_memory(self) -> Callable:
        """Returns a function from examples and the length of a batch to their ids."""
        with tf.device("CPU"):
            words = tf.constant(self._words)
            row_starts = tf.constant(self._row_starts)
            row_lengths = tf.constant(self.lengths)

        def pad(rows: tf.Tensor, length: tf.Tensor) -> tf.Tensor:
            is_example = rows >= 0
            rows = tf.maximum(rows, 0)
            starts = tf.gather(row_starts, rows)
            words_here = tf.where(is_example, tf.gather(row_lengths, rows), 0)
            # Padded last: most cells of a batch of documents are padding.
            cells = tf.ragged.range(starts, starts + words_here)
            found = cells.with_values(tf.gather(words, cells.values))
            shape = [self.batch_size, length, *words.shape[1:]]
            return found.to_tensor(shape=tf.stack(shape))

        return pad

    def _pad_stored(self) -> Callable:
        """Returns a function from examples and the length of a batch to their ids."""
        cell = self._stored.cell_shape

        def pad(rows: tf.Tensor, length: tf.Tensor) -> tf.Tensor:
            # As tensors of a graph, all words would be copied into memory. TensorFlow
            # never forgets the Python function, so it must not hold an epoch's plan.
            function = self._stored.padded
            ids = tf.numpy_function(function, [rows, length], tf.int32, stateful=False)
            return tf.ensure_shape(ids, [self.batch_size, None, *cell])

        return pad

    def _count(self) -> None:
        """Counts the words and the padding of the first epoch."""
        rows = self._choose(np.random.default_rng([self.seed, 0]))
        self.num_words = self._words_in(rows)
        cells = self.batch_size * self._batch_lengths(rows).sum()
        self.padding_share = 1 - int(self.lengths[rows].sum()) / cells

    def _batch_lengths(self, rows: np.ndarray) -> np.ndarray:
        """Returns the length of each batch of the first epoch, in any order.

        Args:
            rows: the examples of that epoch.
        """
        # They follow from the buckets alone, so the examples need not be shuffled.
        buckets = np.sort(self._bucket_of[rows])
        ends = np.minimum(self.batch_size * np.arange(1, len(self) + 1), len(rows))
        return np.asarray(self.bucket_lengths, np.int64)[buckets[ends - 1]]

    def _words_in(self, rows: np.ndarray) -> int:
        """Returns the number of words in some of the examples."""
        return int(self.lengths[rows].sum())

    def _order(self, rng: np.random.Generator) -> np.ndarray:
        """Returns the examples bucket by bucket, int64 `[num_examples]`."""
        chosen = self._choose(rng)
        if self.shuffle:
            ties = rng.random(self.num_examples)
            return chosen[order_by_bucket(self._bucket_of[chosen], ties)]
        return chosen[np.argsort(self.lengths[chosen], kind="stable")]

    def _epoch_size(self) -> int:
        return len(self.lengths)

    def _choose(self, rng: np.random.Generator) -> np.ndarray:
        """Returns the examples of an epoch in any order, int64 `[num_examples]`."""
        return np.arange(self.num_examples)

    def _bucket_lengths(self, buckets: int | Sequence[int]) -> list[int]:
        if isinstance(buckets, numbers.Integral):
            return choose_bucket_lengths(self.lengths, buckets)
        bucket_lengths = [int(length) for length in buckets]
        if bucket_lengths != sorted(set(bucket_lengths)):
            raise ValueError(f"buckets {bucket_lengths} do not increase: sort them")
        longest = int(self.lengths.max())
        if not bucket_lengths or bucket_lengths[-1] < longest:
            raise ValueError(
                f"buckets {bucket_lengths} are too short for the longest example, of "
                f"{longest} words: add a bucket of that length"
            )
        return bucket_lengths


def _split(
    ids,
) -> tuple[str | None, tf.RaggedTensor | StoredIds, dict[str, np.ndarray]]:
    """Returns the name of the ids in a dictionary, the ids, and the other entries."""
    if not isinstance(ids, Mapping):
        return None, ids, {}
    kinds = tf.RaggedTensor, StoredIds
    names = [name for name, part in ids.items() if isinstance(part, kinds)]
    if len(names) != 1:
        raise ValueError(
            f"ids has {len(names)} ragged tensors or StoredIds, {names}: give one"
        )
    [name] = names
    columns = {other: np.asarray(ids[other]) for other in ids if other != name}
    for other, column in columns.items():
        if column.shape != (ids[name].nrows(),):
            raise ValueError(
                f"ids[{other!r}] has the shape {column.shape}: give one number for "
                f"each of {ids[name].nrows()} examples"
            )
    return name, ids[name], columns


def _one_private_thread() -> tf.data.Options:
    """Gives the input pipeline one private thread and turns autotuning off.

    With shared threads and autotuning, the pipeline takes time away from a small model:
    on one core a step of the document model took 50 % longer.
    """
    options = tf.data.Options()
    options.threading.private_threadpool_size = 1
    options.autotune.enabled = False
    return options
