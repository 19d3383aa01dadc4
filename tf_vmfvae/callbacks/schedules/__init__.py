"""Callbacks that change a number batch by batch during the first epochs."""

from tf_vmfvae.callbacks.schedules.auxiliary_weight_schedule import (
    AuxiliaryWeightSchedule,
)
from tf_vmfvae.callbacks.schedules.concentration_schedule import ConcentrationSchedule
from tf_vmfvae.callbacks.schedules.kl_weight_schedule import KLWeightSchedule

__all__ = ["AuxiliaryWeightSchedule", "ConcentrationSchedule", "KLWeightSchedule"]
