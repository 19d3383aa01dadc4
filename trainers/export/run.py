"""Exports a saved model as a SavedModel."""

import sys

import tensorflow as tf

from trainers.cli.errors import RunFailed
from trainers.export.served import load_served
from trainers.storage.atomic_folder import atomic_folder


def run(settings: dict) -> None:
    """Loads the model, writes the SavedModel and prints the names of its functions.

    Args:
        settings: the value of every flag of `trainers.export`, by name.

    Raises:
        UserError: if the model cannot be loaded or served.
        RunFailed: if the folder cannot be written.
    """
    folder = settings["output_dir"]
    served, notes = load_served(settings)
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    try:
        with atomic_folder(folder) as partial:
            served.save(partial)
    except tf.errors.OpError as error:
        reason = error.message.partition("\n")[0]
        raise RunFailed(
            f"--output_dir={folder}: cannot be written ({reason})"
        ) from error
    print(f"{folder}: {', '.join(served.signatures)}")
