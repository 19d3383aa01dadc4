"""Annealing of the KL's weight in the loss."""

import math

from tf_vmfvae.callbacks.schedules.epoch_schedule import EpochSchedule

# The sigmoid runs from -6 to 6, where it is within 0.0025 of 0 and of 1.
_SIGMOID_REACH = 6.0


class KLWeightSchedule(EpochSchedule):
    """Anneals `model.kl_weight` batch by batch.

    The weight rises from `start` to `end` over the first `epochs` epochs and stays
    there. Bowman et al. (2016), "Generating Sentences from a Continuous Space",
    section 3.1, use KL annealing to keep a Gaussian code from collapsing; Xu and
    Durrett (2018) anneal over 20 epochs. Fu et al. (2019), "Cyclical Annealing
    Schedule", repeat the rise.

    Args:
        schedule: `"constant"` uses `end` from the first batch on. `"linear"` rises in
            a straight line. `"sigmoid"` rises in an S-shaped curve, steepest halfway.
            `"cyclical"` repeats every `epochs` epochs: it rises linearly in the first
            half of the cycle and stays at `end` in the second.
        epochs: float > 0. Length of the rise, or of a cycle. A constant schedule does
            not use it.
        start: float >= 0. Weight in the first batch.
        end: float >= 0. Weight after the rise.
        steps_per_epoch: int or `None`, see `EpochSchedule`.
        delay: float >= 0. Number of epochs before the rise, with the weight `start`.

    Raises:
        ValueError: if an argument is out of its range, or, when training begins, if
            the model has no `kl_weight`.

    Example:

    >>> from tf_vmfvae import callbacks
    >>> schedule = callbacks.KLWeightSchedule("linear", epochs=20)
    >>> [schedule.weight_at(epoch) for epoch in (0, 5, 12.5, 20, 30)]
    [0.0, 0.25, 0.625, 1.0, 1.0]
    >>> schedule = callbacks.KLWeightSchedule("sigmoid", epochs=20)
    >>> [round(schedule.weight_at(epoch), 4) for epoch in (0, 5, 10, 15, 20)]
    [0.0, 0.0452, 0.5, 0.9548, 1.0]
    >>> schedule = callbacks.KLWeightSchedule("cyclical", epochs=4)
    >>> [schedule.weight_at(epoch) for epoch in (0, 1, 2, 3, 4, 5)]
    [0.0, 0.5, 1.0, 1.0, 0.0, 0.5]
    >>> schedule = callbacks.KLWeightSchedule("linear", epochs=4, delay=3)
    >>> [schedule.weight_at(epoch) for epoch in (0, 2, 3, 5, 7)]
    [0.0, 0.0, 0.0, 0.5, 1.0]
    """

    def __init__(
        self,
        schedule: str = "constant",
        epochs: float = 20.0,
        start: float = 0.0,
        end: float = 1.0,
        steps_per_epoch: int | None = None,
        delay: float = 0.0,
    ):
        if schedule not in _SHAPES:
            raise ValueError(
                f"unknown KL weight schedule {schedule!r}; choose one of "
                + ", ".join(_SHAPES)
            )
        super().__init__(epochs, steps_per_epoch)
        for name, weight in (("start", start), ("end", end)):
            if not (weight >= 0 and math.isfinite(weight)):
                raise ValueError(
                    f"{name} of a KL weight schedule must be 0 or more, not {weight}"
                )
        if not (delay >= 0 and math.isfinite(delay)):
            raise ValueError(
                f"delay of a KL weight schedule must be 0 or more, not {delay}"
            )
        self.schedule = schedule
        self.start = start
        self.end = end
        self.delay = delay

    def weight_at(self, epoch: float) -> float:
        """Returns the weight after `epoch` epochs, which may be a fraction."""
        if epoch < self.delay:
            return self.start
        progress = (epoch - self.delay) / self.epochs
        return self.start + (self.end - self.start) * _SHAPES[self.schedule](progress)

    def on_train_begin(self, logs=None):
        self._require_variable("kl_weight")
        is_constant = self.schedule == "constant" and not self.delay
        first = self.end if is_constant else self.start
        if getattr(self.model, "weighs_codes", False) and (first, self.end) != (1, 1):
            raise ValueError(
                "KLWeightSchedule: with several codes training uses the importance-"
                "weighted bound, which needs the whole KL; leave the schedule out, or "
                "give the model codes=1"
            )

    def value_at(self, epoch):
        return self.weight_at(epoch)

    def apply(self, value):
        self.model.kl_weight.assign(value)


def _sigmoid_rise(progress):
    """Returns a logistic curve, stretched to start at 0 and end at 1 exactly."""
    progress = min(progress, 1.0)
    reached = math.tanh(_SIGMOID_REACH * (progress - 0.5))
    return 0.5 + 0.5 * reached / math.tanh(_SIGMOID_REACH * 0.5)


_SHAPES = {
    "constant": lambda progress: 1.0,
    "linear": lambda progress: min(progress, 1.0),
    "sigmoid": _sigmoid_rise,
    "cyclical": lambda progress: min(2 * (progress % 1), 1.0),
}
