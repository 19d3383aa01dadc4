"""Exports a saved model as a SavedModel."""

import tensorflow as tf

from tf_vmfvae.models.served_model import ServedModel
from trainers.cli.errors import RunFailed
from trainers.storage.atomic_folder import atomic_folder
from trainers.storage.trained_model import load_language_model


def run(settings: dict) -> None:
    """Loads the model, writes the SavedModel and prints the names of its functions.

    Args:
        settings: the value of every flag of `trainers.export`, by name.

    Raises:
        UserError: if the model cannot be loaded.
        RunFailed: if the folder cannot be written.
    """
    folder = settings["output_dir"]
    served = ServedModel(load_language_model(settings["model"]), settings["max_words"])
    try:
        with atomic_folder(folder) as partial:
            served.save(partial)
    except tf.errors.OpError as error:
        reason = error.message.partition("\n")[0]
        raise RunFailed(
            f"--output_dir={folder}: cannot be written ({reason})"
        ) from error
    print(f"{folder}: {', '.join(served.signatures)}")
