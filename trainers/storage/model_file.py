"""Finds the file of a trained model, without importing TensorFlow."""

import os
from pathlib import Path

from trainers.cli.errors import UserError
from trainers.cli.paths import check_input, path_error

# Keras reads models from files of this name only.
SUFFIX = ".keras"
MODEL = f"model{SUFFIX}"


def find_model(path: str | None, flag: str = "model") -> Path:
    """Returns the .keras file that `path` names, or that is in the run folder `path`.

    Args:
        path: the flag's value.
        flag: its name.

    Raises:
        UserError: if there is no such file or it cannot be read.
    """
    if not path:
        raise UserError(f"--{flag}: give a run folder or a .keras file")
    check_input(path, flag)
    file = Path(path) / MODEL if os.path.isdir(path) else Path(path)
    try:
        exists = file.is_file()
    except OSError as error:
        raise path_error(flag, path, f"cannot be read ({error.strerror})") from error
    if not exists:
        raise path_error(
            flag, path, f"{file} does not exist; give a run folder or a .keras file"
        )
    if file.suffix != SUFFIX:
        raise path_error(
            flag, path, f"is not a {SUFFIX} file; give a run folder or a {SUFFIX} file"
        )
    if not os.access(file, os.R_OK):
        raise path_error(flag, path, f"{file} cannot be read (Permission denied)")
    return file
