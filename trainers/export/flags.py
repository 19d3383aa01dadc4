"""Flags of trainers.export."""

import os

from absl import flags

from trainers.cli.defaults import Derived
from trainers.cli.errors import UserError
from trainers.cli.flag_parsers import is_utf8
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import integers
from trainers.storage.atomic_folder import check_new
from trainers.storage.model_file import check_model


def define_flags(values: flags.FlagValues = flags.FLAGS) -> ProgramFlags:
    """Defines and returns the flags; not on import, where another program's may be."""
    own = ProgramFlags(values=values, check=check)
    own.path(
        "model",
        "A run folder, a .keras file, also one of TopicModel.save, or a preset: its "
        "name, or a folder of save_to_preset. Required.",
        default=None,
    )
    own.path(
        "output_dir",
        "New folder for the SavedModel. Required.",
        default=None,
        for_tensorflow=True,
    )
    own.integer(
        "max_words",
        "Words after which a sentence is cut off.",
        integers(1, 10_000),
        default=Derived("60 for a language model"),
    )
    return own


def check(settings: dict) -> None:
    """Checks the model and the folder that the flags name.

    Raises:
        UserError: if one cannot be used.
    """
    check_model(settings["model"])
    folder = settings["output_dir"]
    if not folder:
        raise UserError("--output_dir: give the folder to write")
    if not is_utf8(os.path.realpath(folder)):
        raise UserError(
            f"--output_dir={folder}: is in a folder whose name is not UTF-8, which "
            "TensorFlow cannot write to; choose another one"
        )
    check_new(folder)
