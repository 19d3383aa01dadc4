"""Annealing of the auxiliary loss."""

from tf_vmfvae.callbacks.schedules.epoch_schedule import EpochSchedule


class AuxiliaryWeightSchedule(EpochSchedule):
    """Anneals `model.auxiliary_weight` from 1 to 0, batch by batch.

    The auxiliary loss makes the code informative early on. Later it would only pull
    the code away from the best bound, so its weight falls linearly to 0 over the first
    `epochs` epochs and stays there.

    Args:
        epochs: float > 0. Number of epochs over which the weight falls.
        steps_per_epoch: int or `None`, see `EpochSchedule`.

    Raises:
        ValueError: if an argument is out of its range, or, when training begins, if
            the model has no `auxiliary_weight`.

    Example:

    >>> from tf_vmfvae import callbacks
    >>> schedule = callbacks.AuxiliaryWeightSchedule(epochs=10)
    >>> [schedule.value_at(epoch) for epoch in (0, 2.5, 10, 12)]
    [1.0, 0.75, 0.0, 0.0]
    """

    def on_train_begin(self, logs=None):
        self._require_variable("auxiliary_weight")

    def value_at(self, epoch):
        return max(1.0 - epoch / self.epochs, 0.0)

    def apply(self, value):
        self.model.auxiliary_weight.assign(value)
