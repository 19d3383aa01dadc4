"""Where trained models are found by a short name."""

import os
from pathlib import Path

import keras

from tf_vmfvae.models.preset_folder import PresetFolder

# The environment variable that names a folder of the user's own presets.
VARIABLE = "TF_VMFVAE_PRESETS"
_PACKAGE = Path(__file__).parents[1]
# In the installed package, if it was built with models, and in the repository.
SHIPPED = (_PACKAGE / "saved_models", _PACKAGE.parent / "saved_models")


def list_presets(
    model_class: type[keras.Model], file: str | None = None
) -> dict[str, str]:
    """Returns the presets that have a name and hold a model of a class.

    Args:
        model_class: the class; those of its subclasses count, too.
        file: name of a file that the presets must have in addition, or `None`.

    Returns:
        A dictionary from the name to the title of the model's card, sorted by name.

    Raises:
        ValueError: if `TF_VMFVAE_PRESETS` does not name a folder.
    """
    found = {}
    for place in _places():
        for path in place.iterdir() if place.is_dir() else ():
            folder = PresetFolder(path)
            if path.name not in found and _holds(folder, model_class):
                found[path.name] = folder
    return {
        name: folder.title()
        for name, folder in sorted(found.items())
        if file is None or (folder.path / file).is_file()
    }


def find_preset(
    preset: str | os.PathLike, model_class: type[keras.Model]
) -> PresetFolder:
    """Returns the folder of a preset.

    Args:
        preset: the preset's name, or the path of a folder.
        model_class: the class that its model has to be of.

    Raises:
        ValueError: if there is no such preset, or a name and a path that mean two, or
            if its model is of another class or `TF_VMFVAE_PRESETS` names no folder.
    """
    if not isinstance(preset, str | os.PathLike):
        raise ValueError(f"preset is {preset!r}: give a name, or the path of a folder")
    by_path = PresetFolder(preset) if preset else None
    candidates = [by_path] if by_path and by_path.exists() else []
    if isinstance(preset, str) and os.path.basename(preset) == preset:
        by_name = [PresetFolder(place / preset) for place in _places() if preset]
        candidates += [folder for folder in by_name if folder.exists()][:1]
    if not candidates:
        raise ValueError(_unknown(preset, by_path, model_class))
    folder = candidates[-1]
    if not candidates[0].path.samefile(folder.path):
        raise ValueError(
            f"preset is {preset!r}, which is both the preset in {folder.path} and a "
            f"folder here: write ./{preset} or the other one's path"
        )
    found = folder.model_class()
    if not issubclass(found, model_class):
        name = found.__name__
        hint = f": use {name}.from_preset" if hasattr(found, "from_preset") else ""
        raise ValueError(
            f"preset {os.fspath(preset)!r} is of the class {name}, not "
            f"{model_class.__name__}{hint}"
        )
    return folder


def _places() -> list[Path]:
    """Returns the folders in which a name is looked up, in order."""
    own = os.environ.get(VARIABLE)
    if own and not os.path.isdir(own):
        raise ValueError(
            f"{VARIABLE}={own}: is not a folder; name one that contains presets, or "
            "unset it"
        )
    return [*([Path(own)] if own else []), *SHIPPED]


def _holds(folder, model_class):
    """Returns whether the folder is a preset of the class, and in order."""
    try:
        return folder.exists() and issubclass(folder.model_class(), model_class)
    except (OSError, ValueError):
        return False  # Whoever asks for it by its name learns what is wrong with it.


def _unknown(preset, by_path, model_class):
    """Returns the message about a preset that does not exist."""
    if by_path and os.path.isdir(by_path.path):
        what = "is a folder without a model"
    else:
        what = "is neither the name of a preset nor a folder"
    names = list_presets(model_class)
    if names:
        known = f"presets of {model_class.__name__}: {', '.join(names)}"
    else:
        places = ", ".join(map(str, _places()))
        own = "" if os.environ.get(VARIABLE) else f" ({VARIABLE} is not set)"
        known = f"no presets of {model_class.__name__} are in {places}{own}"
    return f"preset {os.fspath(preset)!r} {what}; {known}"
