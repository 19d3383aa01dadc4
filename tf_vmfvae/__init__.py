"""Variational autoencoders of text with codes on the unit sphere.

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
    models,
)

__all__ = [
    "callbacks",
    "data",
    "distributions",
    "evaluation",
    "generation",
    "layers",
    "models",
]
__version__ = "0.1.0"
