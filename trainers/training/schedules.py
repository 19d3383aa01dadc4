"""The schedules that the flags ask for."""

import keras

from tf_vmfvae import callbacks
from trainers.cli.training_flags import bow_loss_epochs, pretrain_epochs


def make_schedules(settings: dict) -> list[keras.callbacks.Callback]:
    """Returns the callbacks that change losses, concentration or weights in training.

    Args:
        settings: the value of every flag, by name.
    """
    epochs, schedules = settings["anneal_epochs"], []
    # Flags without effect are None.
    schedule = settings["kl_schedule"] or "constant"
    weight = 1.0 if settings["kl_weight"] is None else settings["kl_weight"]
    pretraining = pretrain_epochs(settings)
    if schedule != "constant" or weight != 1 or pretraining:
        # A constant schedule does not use its length.
        schedules.append(
            callbacks.KLWeightSchedule(
                schedule, epochs or 1.0, end=weight, delay=pretraining
            )
        )
    if pretraining:
        schedules.append(callbacks.DecoderRestart(pretraining))
    if settings["initial_kappa"]:
        end = settings["training_kappa"] or settings["kappa"]
        schedules.append(
            callbacks.ConcentrationSchedule(settings["initial_kappa"], end, epochs)
        )
    if epochs := bow_loss_epochs(settings):
        schedules.append(callbacks.AuxiliaryWeightSchedule(epochs))
    return schedules
