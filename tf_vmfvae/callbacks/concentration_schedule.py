"""How concentrated the codes of training are, over the epochs."""

import math

from tf_vmfvae.callbacks.epoch_schedule import EpochSchedule

# On the way there, so often: each time the exact KL is computed anew.
_STEPS = 100


class ConcentrationSchedule(EpochSchedule):
    """Lowers the concentration that training draws codes with, from a high one.

    A code of little noise is soon of use to the decoder, and the encoder soon learns
    what for: what annealing the KL's weight does for a Gaussian code, whose posterior
    is free to be narrow as long as that costs nothing. The KL of a fixed concentration
    has no slope that a weight could take away.

    The concentration falls from `start` to `end` over the first `epochs` epochs, by the
    same factor in each of a hundred steps, and stays there. The bound outside training
    is taken at the latent's own `kappa` all the while.

    Args:
        start: float > 0. The concentration of the first batch.
        end: float > 0. That once `epochs` are over: the latent's `training_kappa`.
        epochs: float > 0. How long it takes.
        steps_per_epoch: int or `None`, see `EpochSchedule`.

    Raises:
        ValueError: if an argument is out of its range, or, once training begins, if
            the model's latent has no fixed concentration.

    Example:

    >>> from tf_vmfvae import callbacks
    >>> schedule = callbacks.ConcentrationSchedule(start=400.0, end=100.0, epochs=10)
    >>> [round(schedule.kappa_at(epoch), 6) for epoch in (0, 5, 10, 20)]
    [400.0, 200.0, 100.0, 100.0]
    """

    def __init__(
        self,
        start: float,
        end: float,
        epochs: float,
        steps_per_epoch: int | None = None,
    ):
        super().__init__(epochs, steps_per_epoch)
        for name, kappa in (("start", start), ("end", end)):
            if not (kappa > 0 and math.isfinite(kappa)):
                raise ValueError(
                    f"{name} of a concentration schedule must be positive and finite, "
                    f"not {kappa}"
                )
        if start < end:
            raise ValueError(
                f"start of a concentration schedule must be no less than end, {end}, "
                f"not {start}"
            )
        self.start = start
        self.end = end

    def kappa_at(self, epoch: float) -> float:
        """Returns the concentration after `epoch` epochs, a fraction included."""
        progress = math.floor(_STEPS * min(epoch / self.epochs, 1.0)) / _STEPS
        return self.start ** (1 - progress) * self.end**progress

    def on_train_begin(self, logs=None):
        latent = getattr(self.model, "latent", None)
        if not hasattr(latent, "draw_at"):
            raise ValueError(
                "ConcentrationSchedule needs a model whose latent has a fixed "
                f"concentration; {type(latent).__name__} has none"
            )

    def value_at(self, epoch):
        return self.kappa_at(epoch)

    def apply(self, value):
        self.model.latent.draw_at(value)
