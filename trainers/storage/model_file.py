"""Finds the file of a trained model, without importing TensorFlow."""

import os
from pathlib import Path

from trainers.cli.errors import UserError
from trainers.cli.paths import check_input, path_error

MODEL = "model.keras"


def find_model(path: str, flag: str = "model") -> Path:
    """Returns the .keras file that `path`, a run folder or the file itself, names.

    Args:
        path: a flag's value.
        flag: its name.

    Raises:
        UserError: if there is none.
    """
    found = Path(path) / MODEL if Path(path).is_dir() else Path(path)
    if not found.is_file():
        raise UserError(
            f"--{flag}={path}: {found} does not exist; give a run folder or a .keras "
            "file"
        )
    return found


def check_model(path: str | None, flag: str = "model") -> Path:
    """Returns the .keras file that a run folder, or the path itself, names.

    Raises:
        UserError: if there is none, or it cannot be read.
    """
    if not path:
        raise UserError(f"--{flag}: give a run folder or a .keras file")
    check_input(path, flag)
    try:
        file = find_model(path, flag)
    except OSError as error:
        raise path_error(flag, path, f"cannot be read ({error.strerror})") from error
    if not os.access(file, os.R_OK):
        raise path_error(flag, path, f"{file} cannot be read (Permission denied)")
    return file
