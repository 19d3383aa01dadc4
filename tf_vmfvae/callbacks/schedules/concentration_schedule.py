"""Annealing of the concentration that training samples codes with."""

import math

from tf_vmfvae.callbacks.schedules.epoch_schedule import EpochSchedule
from tf_vmfvae.layers import Latent

# Each step computes the exact KL again, so the concentration does not change in
# every batch.
_STEPS = 100


class ConcentrationSchedule(EpochSchedule):
    """Anneals the sampling concentration of training from a high value.

    With little noise in the codes, the decoder soon finds them useful and the encoder
    soon learns what to put into them. For a Gaussian code, KL annealing has this
    effect: the posterior can become narrow while that costs little. The KL of a fixed
    concentration is a constant, so changing its weight would have no effect.

    The concentration falls geometrically from `start` to `end` over the first `epochs`
    epochs, in a hundred steps, and stays there. Outside training, bounds use the
    latent's own `kappa` throughout.

    Args:
        start: float > 0. Concentration in the first batch.
        end: float > 0. Concentration after `epochs` epochs: the latent's
            `training_kappa`.
        epochs: float > 0. Number of epochs over which the concentration falls.
        steps_per_epoch: int or `None`, see `EpochSchedule`.

    Raises:
        ValueError: if an argument is out of its range, or, when training begins, if
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
        """Returns the concentration after `epoch` epochs, which may be a fraction."""
        progress = math.floor(_STEPS * min(epoch / self.epochs, 1.0)) / _STEPS
        return self.start ** (1 - progress) * self.end**progress

    def on_train_begin(self, logs=None):
        latent = getattr(self.model, "latent", None)
        if not isinstance(latent, Latent):
            raise ValueError(
                "ConcentrationSchedule needs a model with a tf_vmfvae latent; "
                f"{type(self.model).__name__} has none"
            )
        if not latent.has_sampling_concentration:
            raise ValueError(
                "ConcentrationSchedule needs a latent with a fixed concentration; "
                f"{type(latent).__name__} has none"
            )

    def value_at(self, epoch):
        return self.kappa_at(epoch)

    def apply(self, value):
        self.model.latent.set_sampling_concentration(value)
