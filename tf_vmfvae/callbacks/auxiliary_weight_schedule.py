"""How much of its auxiliary loss a model still has, over the epochs."""

from tf_vmfvae.callbacks.epoch_schedule import EpochSchedule


class AuxiliaryWeightSchedule(EpochSchedule):
    """Takes the auxiliary loss away again, batch by batch.

    What it is for, a code that soon says something, it has done after some epochs;
    from then on it would draw the code away from what makes the best bound. The
    weight falls from 1 to 0 in a straight line over the first `epochs` epochs.

    Args:
        epochs: float > 0. How long it takes.
        steps_per_epoch: int or `None`, see `EpochSchedule`.

    Raises:
        ValueError: if an argument is out of its range, or, once training begins, if
            the model has no `auxiliary_weight`.

    Example:

    >>> from tf_vmfvae import callbacks
    >>> schedule = callbacks.AuxiliaryWeightSchedule(epochs=10)
    >>> [schedule.value_at(epoch) for epoch in (0, 2.5, 10, 12)]
    [1.0, 0.75, 0.0, 0.0]
    """

    def on_train_begin(self, logs=None):
        if not hasattr(self.model, "auxiliary_weight"):
            raise ValueError(
                "AuxiliaryWeightSchedule needs a model with a variable "
                "auxiliary_weight, as the models of tf_vmfvae.models have; "
                f"{type(self.model).__name__} has none"
            )

    def value_at(self, epoch):
        return max(1.0 - epoch / self.epochs, 0.0)

    def apply(self, value):
        self.model.auxiliary_weight.assign(value)
