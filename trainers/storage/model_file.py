"""Finds the file of a trained model, without importing TensorFlow."""

import os
from pathlib import Path

from trainers.cli.errors import UserError
from trainers.cli.paths import check_input, path_error

# Keras reads models from files of this name only.
SUFFIX = ".keras"
MODEL = f"model{SUFFIX}"
# In a folder that `save_to_preset` wrote.
PRESET_WEIGHTS = "model.weights.h5"


def is_preset_name(path: str) -> bool:
    """Returns whether a path is no file or folder, but may be a preset's name.

    >>> is_preset_name("ptb_vmf"), is_preset_name("runs/ptb"), is_preset_name("a.keras")
    (True, False, False)
    """
    is_name = os.path.basename(path) == path and not path.endswith(SUFFIX)
    return is_name and 0 < len(os.fsencode(path)) < 256 and not os.path.lexists(path)


def check_model(path: str | None, flag: str = "model") -> None:
    """Checks that `find_model` finds a model, unless the path may be a preset's name.

    Args:
        path: the flag's value.
        flag: its name.

    Raises:
        UserError: as `find_model`.
    """
    if not is_preset_name(path or ""):
        find_model(path, flag)


def find_model(path: str | None, flag: str = "model") -> Path:
    """Returns the file of the model that `path` names.

    It is the .keras file `path`, the one in the run folder `path`, or the weights in
    the preset folder `path`.

    Args:
        path: the flag's value.
        flag: its name.

    Raises:
        UserError: if there is no such file or it cannot be read.
    """
    if not path:
        raise UserError(f"--{flag}: give a run folder or a .keras file")
    check_input(path, flag)
    is_folder = os.path.isdir(path)
    file = Path(path) / MODEL if is_folder else Path(path)
    try:
        if is_folder and not file.exists() and (file.parent / PRESET_WEIGHTS).is_file():
            file = file.parent / PRESET_WEIGHTS
        exists = file.is_file()
    except OSError as error:
        raise path_error(flag, path, f"cannot be read ({error.strerror})") from error
    if not exists:
        raise path_error(
            flag, path, f"{file} does not exist; give a run folder or a .keras file"
        )
    if not is_folder and file.suffix != SUFFIX:
        raise path_error(
            flag, path, f"is not a {SUFFIX} file; give a run folder or a {SUFFIX} file"
        )
    if not os.access(file, os.R_OK):
        raise path_error(flag, path, f"{file} cannot be read (Permission denied)")
    return file
