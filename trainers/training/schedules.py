"""The schedules that the flags ask for."""

import keras

from tf_vmfvae import callbacks
from trainers.cli.training_flags import bow_loss_epochs


def make_schedules(settings: dict) -> list[keras.callbacks.Callback]:
    """Returns the schedules of the losses' weights and of the sampling concentration.

    Args:
        settings: the value of every flag, by name.
    """
    epochs, schedules = settings["anneal_epochs"], []
    if settings["kl_schedule"] != "constant":
        schedules.append(callbacks.KLWeightSchedule(settings["kl_schedule"], epochs))
    if settings["initial_kappa"]:
        end = settings["training_kappa"] or settings["kappa"]
        schedules.append(
            callbacks.ConcentrationSchedule(settings["initial_kappa"], end, epochs)
        )
    if epochs := bow_loss_epochs(settings):
        schedules.append(callbacks.AuxiliaryWeightSchedule(epochs))
    return schedules
