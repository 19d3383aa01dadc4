"""Batches with weights and without targets, in a form that Keras can read."""

from collections.abc import Callable

import keras
import numpy as np


class WeightedBatches(keras.utils.PyDataset):
    """A `PyDataset` whose batches `(inputs, None, weights)` get a target of width 0.

    Keras cannot read a `PyDataset` whose batches contain `None`.

    Args:
        batches: the `keras.utils.PyDataset` to read from.
        check: function that checks a batch, and gives one with weights such a target.

    Example:
    >>> class Batches(keras.utils.PyDataset):
    ...     num_batches = 1
    ...
    ...     def __getitem__(self, index):
    ...         return np.ones([2, 3]), None, np.array([0.5, 2.0])
    >>> def check(batch):
    ...     return batch[0], no_target(2), batch[2]
    >>> inputs, target, weights = WeightedBatches(Batches(), check)[0]
    >>> target.shape, weights.tolist()
    ((2, 0), [0.5, 2.0])
    """

    def __init__(self, batches: keras.utils.PyDataset, check: Callable):
        super().__init__(
            workers=batches.workers,
            use_multiprocessing=batches.use_multiprocessing,
            max_queue_size=batches.max_queue_size,
        )
        self.batches = batches
        self.check = check

    def __getitem__(self, index):
        return self.check(self.batches[index])

    @property
    def num_batches(self):
        return self.batches.num_batches

    def on_epoch_begin(self):
        self.batches.on_epoch_begin()

    def on_epoch_end(self):
        self.batches.on_epoch_end()


def no_target(count: int) -> np.ndarray:
    """Returns targets of width 0 for `count` examples, for where Keras needs some."""
    return np.zeros((count, 0), "float32")
