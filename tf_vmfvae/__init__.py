"""Variational autoencoders for text with codes on the unit sphere.

Importing the package registers its layers and models with Keras, so that
`tf.keras.models.load_model` reads what they saved.
"""

from tf_vmfvae.supported_keras import check_keras

check_keras()

from tf_vmfvae import (  # noqa: E402
    callbacks,
    data,
    distributions,
    evaluation,
    generation,
    layers,
    losses,
    models,
)

__all__ = [
    "TopicModel",
    "VonMisesFisherClustering",
    "callbacks",
    "data",
    "distributions",
    "evaluation",
    "generation",
    "layers",
    "losses",
    "models",
]
__version__ = "0.1.0"


def __getattr__(name):
    """Imports what needs scikit-learn only when it is asked for."""
    if name == "TopicModel":
        from tf_vmfvae.topics import TopicModel

        return TopicModel
    if name == "VonMisesFisherClustering":
        from tf_vmfvae.clustering import VonMisesFisherClustering

        return VonMisesFisherClustering
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
