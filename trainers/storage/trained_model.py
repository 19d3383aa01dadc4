"""Loads trained models from the disk."""

import contextlib
from collections.abc import Iterator

import keras

from tf_vmfvae.models import NVDM, VAE, LanguageModel
from tf_vmfvae.models.presets import find_preset
from trainers.cli.errors import UserError, reason
from trainers.storage.model_file import PRESET_WEIGHTS, find_model, is_preset_name
from trainers.storage.run_folder import RunFolder


def preset_folder(path: str, flag: str = "model") -> str:
    """Returns the folder of a preset if `path` is a preset's name, or else `path`.

    Args:
        path: the flag's value.
        flag: its name.

    Raises:
        UserError: if it can only be a name, and there is no such preset.
    """
    if not is_preset_name(path):
        return path
    try:
        return str(find_preset(path, VAE).path)
    except ValueError as error:
        raise UserError(f"--{flag}={path}: {error}") from error


def load_language_model(path: str, flag: str = "model") -> LanguageModel:
    """Returns the language model in `path`.

    It is a run folder, a .keras file or a folder that `save_to_preset` wrote.

    Args:
        path: the flag's value.
        flag: its name.

    Raises:
        UserError: if there is none.
    """
    file = find_model(path, flag)
    with naming(f"--{flag}={path}: {file}", "give one that trainers.lm has saved"):
        return _load(file, LanguageModel)


def load_model(path: str, flag: str = "model") -> LanguageModel | NVDM:
    """Returns the language or document model in `path`, as `load_language_model`."""
    file = find_model(path, flag)
    with naming(
        f"--{flag}={path}: {file}",
        "give one that trainers.lm or trainers.bow has saved",
    ):
        return _load(file, (LanguageModel, NVDM))


def load_best_model(folder: RunFolder) -> VAE:
    """Returns the model of the run's best epoch.

    Raises:
        UserError: if it cannot be loaded.
    """
    with naming(
        f"{folder.model}:", "put the right one back or choose another --output_dir"
    ):
        return _load(folder.model, VAE)


def load_best_weights(model: VAE, folder: RunFolder) -> None:
    """Gives `model` the weights of the run's best epoch.

    Raises:
        UserError: if they cannot be loaded.
    """
    with naming(
        f"{folder.model}:", "put the right one back or choose another --output_dir"
    ):
        model.load_weights(folder.model)


def _load(file, kind) -> keras.Model:
    is_preset = file.name == PRESET_WEIGHTS
    model = VAE.from_preset(file.parent) if is_preset else keras.models.load_model(file)
    if not isinstance(model, kind):
        raise ValueError(f"it holds a {type(model).__name__}")
    return model


@contextlib.contextmanager
def naming(file: str, remedy: str) -> Iterator[None]:
    """Names the file, and what to do, in whatever error loading it raises.

    Args:
        file: the file, with the flag that names it.
        remedy: what to do.
    """
    try:
        yield
    # A truncated file, or one of another kind, can fail in the archive, in its JSON or
    # in an array.
    except Exception as error:
        raise UserError(
            f"{file} cannot be read as a model ({reason(error)}); {remedy}"
        ) from error
