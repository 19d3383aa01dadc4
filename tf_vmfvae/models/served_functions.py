"""What all models that TensorFlow alone can serve have in common."""

import os

import keras
import tensorflow as tf

from tf_vmfvae.evaluation.score import score_inputs
from tf_vmfvae.ops.graph_checks import checked
from tf_vmfvae.ops.seeds import stateless_seed

# Arguments of any shape: the graph refuses a wrong one. If the signature refused it,
# TensorFlow 2.21 would leave the function locked, and calls from other threads would
# never return.
STRINGS = tf.TensorSpec(None, tf.string)
NUMBERS = tf.TensorSpec(None, tf.int32)


class ServedFunctions:
    """Base class: functions of a model that take and return strings and numbers.

    A subclass has a method for each function.

    Args:
        model: a `tf_vmfvae.models.VAE`.
        signatures: maps the name of each function to the types of its arguments.
        tracked: what else holds tables of words.
    """

    def __init__(self, model, signatures, *tracked):
        self._model = model
        self._tracked = (model, *tracked)
        self.signatures = signatures

    def save(self, folder: str | os.PathLike) -> None:
        """Writes the SavedModel."""
        archive = keras.export.ExportArchive()
        for each in self._tracked:
            archive.track(each)
        for name, signature in self.signatures.items():
            function = tf.function(
                getattr(self, name), input_signature=signature, autograph=False
            )
            function.get_concrete_function()
            archive.add_endpoint(name, function)
        archive.write_out(os.fspath(folder), verbose=False)

    def _score(self, inputs, samples, seed):
        samples, seed = at_least(1, "samples", samples), tf.ensure_shape(seed, [])
        return score_inputs(self._model, inputs, samples, stateless_seed(seed))


def at_least(least: int, name: str, number: tf.Tensor) -> tf.Tensor:
    """Returns a scalar argument; the graph refuses one that is too small."""
    number = tf.ensure_shape(number, [])
    return checked(
        number, number >= least, f"{name} must be {least} or more, not", number
    )
