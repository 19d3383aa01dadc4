"""What the schedules over the first epochs have in common."""

import math

import keras


class EpochSchedule(keras.callbacks.Callback):
    """Base class of what moves batch by batch while the first epochs go by.

    A subclass says in `move` where things stand after so many epochs. That depends on
    the epoch and the batch alone, so a run that goes on after a restart goes on with
    what it would have had.

    Args:
        epochs: float > 0. How long it takes.
        steps_per_epoch: int or `None`. Batches in an epoch; by default what `fit`
            knows. Where it knows nothing (the first pass over a generator), things
            move once an epoch.

    Raises:
        ValueError: if an argument is out of its range.
    """

    def __init__(self, epochs: float, steps_per_epoch: int | None = None):
        super().__init__()
        if not (epochs > 0 and math.isfinite(epochs)):
            raise ValueError(f"epochs of a schedule must be positive, not {epochs}")
        if steps_per_epoch is not None and steps_per_epoch < 1:
            raise ValueError(
                f"steps_per_epoch must be at least 1, not {steps_per_epoch}"
            )
        self.epochs = epochs
        self.steps_per_epoch = steps_per_epoch
        self._epoch = 0

    def move(self, epoch: float) -> None:
        """Puts things where they belong after `epoch` epochs, a fraction included."""
        raise NotImplementedError(f"{type(self).__name__} moves nothing")

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch
        self.move(epoch)

    def on_train_batch_begin(self, batch, logs=None):
        steps = self.steps_per_epoch or self.params.get("steps")
        # Without it, what can only move by the epoch did so when the epoch began.
        if steps:
            self.move(self._epoch + batch / steps)
