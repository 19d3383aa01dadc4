"""What the schedules over the first epochs have in common."""

import math

import keras


class EpochSchedule(keras.callbacks.Callback):
    """Base class of what moves batch by batch while the first epochs go by.

    A subclass says in `value_at` where a number stands after so many epochs and in
    `apply` whose number it is. It depends on the epoch and the batch alone, so a run
    that goes on after a restart goes on with what it would have had.

    Args:
        epochs: float > 0. How long it takes.
        steps_per_epoch: int or `None`. Batches in an epoch; by default what `fit`
            knows. Where it knows nothing (the first pass over a generator), the
            number moves once an epoch.

    Raises:
        ValueError: if an argument is out of its range.
    """

    def __init__(self, epochs: float, steps_per_epoch: int | None = None):
        super().__init__()
        if not (epochs > 0 and math.isfinite(epochs)):
            raise ValueError(
                f"epochs of a schedule must be positive and finite, not {epochs}"
            )
        if steps_per_epoch is not None and steps_per_epoch < 1:
            raise ValueError(
                f"steps_per_epoch must be at least 1, not {steps_per_epoch}"
            )
        self.epochs = epochs
        self.steps_per_epoch = steps_per_epoch
        self._epoch = 0
        self._value = None

    def value_at(self, epoch: float) -> float:
        """Returns the number after `epoch` epochs; a fraction is part of an epoch."""
        raise NotImplementedError(f"{type(self).__name__} has no value_at")

    def apply(self, value: float) -> None:
        """Gives what is scheduled this value."""
        raise NotImplementedError(f"{type(self).__name__} has no apply")

    def on_epoch_begin(self, epoch, logs=None):
        self._epoch = epoch
        self._value = self.value_at(epoch)
        self.apply(self._value)

    def on_train_batch_begin(self, batch, logs=None):
        steps = self.steps_per_epoch or self.params.get("steps")
        if not steps:
            return
        value = self.value_at(self._epoch + batch / steps)
        if value != self._value:
            self._value = value
            self.apply(value)
