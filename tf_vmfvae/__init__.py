"""Variational autoencoders for text with codes on the unit sphere.

Importing the package registers its layers and models with Keras, so that
`tf.keras.models.load_model` reads what they saved.
"""

import gc

from tf_vmfvae.supported_keras import check_keras

_collects_garbage = gc.isenabled()
# TensorFlow's import makes millions of objects, all of which stay. Looking for garbage
# among them, again and again, takes a sixth of the time.
gc.disable()
try:
    check_keras()

    from tf_vmfvae import (
        callbacks,
        data,
        distributions,
        evaluation,
        generation,
        layers,
        losses,
        models,
    )
finally:
    if _collects_garbage:
        gc.enable()

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
