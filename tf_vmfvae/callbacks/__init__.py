"""Keras callbacks: schedules over the epochs, and what TensorBoard shows of a run."""

from tf_vmfvae.callbacks.auxiliary_weight_schedule import AuxiliaryWeightSchedule
from tf_vmfvae.callbacks.concentration_schedule import ConcentrationSchedule
from tf_vmfvae.callbacks.documents_projector_pane import DocumentsProjectorPane
from tf_vmfvae.callbacks.hparams_pane import HParamsPane
from tf_vmfvae.callbacks.kl_weight_schedule import KLWeightSchedule
from tf_vmfvae.callbacks.projector_pane import ProjectorPane
from tf_vmfvae.callbacks.scalars_pane import ScalarsPane
from tf_vmfvae.callbacks.texts_pane import TextsPane
from tf_vmfvae.callbacks.topics_pane import TopicsPane

__all__ = [
    "AuxiliaryWeightSchedule",
    "ConcentrationSchedule",
    "DocumentsProjectorPane",
    "HParamsPane",
    "KLWeightSchedule",
    "ProjectorPane",
    "ScalarsPane",
    "TextsPane",
    "TopicsPane",
]
