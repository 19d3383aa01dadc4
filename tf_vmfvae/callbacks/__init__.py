"""Keras callbacks: training schedules and the panes that TensorBoard shows."""

from tf_vmfvae.callbacks.decoder_restart import DecoderRestart
from tf_vmfvae.callbacks.schedules import (
    AuxiliaryWeightSchedule,
    ConcentrationSchedule,
    KLWeightSchedule,
)
from tf_vmfvae.callbacks.tensorboard import (
    DocumentsProjectorPane,
    HParamsPane,
    ProjectorPane,
    ScalarsPane,
    TextsPane,
    TopicsPane,
)

__all__ = [
    "AuxiliaryWeightSchedule",
    "ConcentrationSchedule",
    "DecoderRestart",
    "DocumentsProjectorPane",
    "HParamsPane",
    "KLWeightSchedule",
    "ProjectorPane",
    "ScalarsPane",
    "TextsPane",
    "TopicsPane",
]
