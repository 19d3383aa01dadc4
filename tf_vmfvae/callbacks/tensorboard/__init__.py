"""Callbacks that write what TensorBoard shows of a run."""

from tf_vmfvae.callbacks.tensorboard.documents_projector_pane import (
    DocumentsProjectorPane,
)
from tf_vmfvae.callbacks.tensorboard.hparams_pane import HParamsPane
from tf_vmfvae.callbacks.tensorboard.projector_pane import ProjectorPane
from tf_vmfvae.callbacks.tensorboard.scalars_pane import ScalarsPane
from tf_vmfvae.callbacks.tensorboard.texts_pane import TextsPane
from tf_vmfvae.callbacks.tensorboard.topics_pane import TopicsPane

__all__ = [
    "DocumentsProjectorPane",
    "HParamsPane",
    "ProjectorPane",
    "ScalarsPane",
    "TextsPane",
    "TopicsPane",
]
