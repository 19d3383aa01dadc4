"""The base class of the schedules."""

import math

import keras


class EpochSchedule(keras.callbacks.Callback):
    """Base class of callbacks that change a number batch by batch.

    A subclass returns the number for a given epoch from `value_at` and sets it in
    `apply`. The number depends on the epoch and the batch alone, so a run that is
    resumed continues with the same numbers.

    Args:
        epochs: float > 0. Number of epochs over which the number changes.
        steps_per_epoch: int or `None`. Batches per epoch; by default what `fit`
            reports. If `fit` does not know (the first pass over a generator), the
            number changes once per epoch.

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
        """Returns the number after `epoch` epochs, which may be a fraction."""
        raise NotImplementedError(f"{type(self).__name__} has no value_at")

    def apply(self, value: float) -> None:
        """Sets the scheduled number to `value`."""
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

    def _require_variable(self, name):
        """Raises `ValueError` unless the model has a variable of this name."""
        if not hasattr(self.model, name):
            raise ValueError(
                f"{type(self).__name__} needs a model with a variable {name}, as the "
                f"models of tf_vmfvae.models have; {type(self.model).__name__} has none"
            )
