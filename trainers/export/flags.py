"""Flags of trainers.export."""

import os

from absl import flags

from trainers.cli.errors import UserError
from trainers.cli.program_flags import ProgramFlags, is_utf8
from trainers.cli.ranges import integers
from trainers.storage.atomic_folder import check_new
from trainers.storage.model_file import check_model


def define_flags(values: flags.FlagValues = flags.FLAGS) -> ProgramFlags:
    """Defines and returns the flags; not on import, where another program's may be."""
    own = ProgramFlags(values=values)
    own.path("model", "A run folder or a .keras file.", default=None)
    own.path(
        "output_dir",
        "New folder for the SavedModel.",
        default=None,
        for_tensorflow=True,
    )
    own.integer(
        "max_words",
        "A sentence is cut off after this many words.",
        integers(1, 10_000),
        default=60,
    )
    return own


def read_settings(own: ProgramFlags) -> tuple[dict, list[str]]:
    """Returns every flag's value by name, and notes for the user.

    Raises:
        UserError: if a value makes no sense.
    """
    settings = own.settings()
    check_model(settings["model"])
    folder = settings["output_dir"]
    if not folder:
        raise UserError("--output_dir: give the folder to write")
    if not is_utf8(os.path.realpath(folder)):
        raise UserError(
            f"--output_dir={folder}: is in a folder whose name is not UTF-8, which "
            "TensorFlow cannot write to; name another one"
        )
    check_new(folder)
    return settings, []
