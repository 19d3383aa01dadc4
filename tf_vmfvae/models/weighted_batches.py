"""Batches with weights and without targets, in a form that Keras can read."""

import keras
import numpy as np


class WeightedBatches(keras.utils.PyDataset):
    """A `PyDataset` whose batches `(inputs, None, weights)` get a target of width 0.

    Keras cannot read a `PyDataset` whose batches contain `None`.

    Args:
        batches: the `keras.utils.PyDataset` to read from.

    Example:
    >>> class Batches(keras.utils.PyDataset):
    ...     num_batches = 1
    ...
    ...     def __getitem__(self, index):
    ...         return np.ones([2, 3]), None, np.array([0.5, 2.0])
    >>> inputs, target, weights = WeightedBatches(Batches())[0]
    >>> target.shape, weights.tolist()
    ((2, 0), [0.5, 2.0])
    """

    def __init__(self, batches: keras.utils.PyDataset):
        super().__init__(
            workers=batches.workers,
            use_multiprocessing=batches.use_multiprocessing,
            max_queue_size=batches.max_queue_size,
        )
        self.batches = batches

    def __getitem__(self, index):
        batch = self.batches[index]
        inputs, target, weights = keras.utils.unpack_x_y_sample_weight(batch)
        if target is not None or weights is None:
            return batch
        return inputs, no_target(len(weights)), weights

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
