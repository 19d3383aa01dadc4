"""What moves in the course of training, by the flags."""

import keras

from tf_vmfvae import callbacks

# Share of the epochs in which the concentration falls, unless a flag says otherwise.
KAPPA_FALL = 0.5


def make_schedules(settings: dict) -> list[keras.callbacks.Callback]:
    """Returns the schedules of the losses' weights and of the concentration."""
    schedules = [
        callbacks.KLWeightSchedule(settings["kl_schedule"], settings["kl_epochs"])
    ]
    if settings["initial_kappa"]:
        schedules.append(
            callbacks.ConcentrationSchedule(
                settings["initial_kappa"],
                settings["training_kappa"] or settings["kappa"],
                settings["kappa_epochs"] or KAPPA_FALL * settings["epochs"],
            )
        )
    if settings.get("bow_loss_epochs"):
        schedules.append(callbacks.AuxiliaryWeightSchedule(settings["bow_loss_epochs"]))
    return schedules
