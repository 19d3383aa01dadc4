"""Where a topic model is kept: in one file, or in a preset's folder."""

import contextlib
import json
import os
import pathlib
import zipfile
from collections.abc import Iterator

import tensorflow as tf

from tf_vmfvae.distributions import VonMisesFisherMixture
from tf_vmfvae.models import NVDM
from tf_vmfvae.models.preset_folder import PresetFolder
from tf_vmfvae.models.presets import find_preset, list_presets

# The entry of a .keras file, or the file of a preset, that Keras does not read.
RECORD = "topic_model.json"


def write_topic_file(path, model, record: dict) -> None:
    """Writes the file under a name of its own first, so that a failure loses nothing.

    Args:
        path: path that ends in `.keras`.
        model: the Keras model.
        record: what a JSON file can hold.

    Raises:
        ValueError: if the path does not end in `.keras`.
    """
    path = pathlib.Path(path)
    if path.suffix != ".keras":
        raise ValueError(f"path is {str(path)!r}: give a name that ends in .keras")
    text = json.dumps(record)
    with _replacing(path, f".{path.stem}.partial.keras") as partial:
        model.save(partial)
        with zipfile.ZipFile(partial, "a", zipfile.ZIP_DEFLATED) as file:
            file.writestr(RECORD, text)


def read_topic_record(path) -> dict:
    """Returns the record of a file that `write_topic_file` wrote.

    Raises:
        FileNotFoundError: if there is no such file.
        ValueError: if it is a file of another kind.
    """
    try:
        with zipfile.ZipFile(path) as file:
            return json.loads(file.read(RECORD))
    except (KeyError, zipfile.BadZipFile, json.JSONDecodeError):
        raise ValueError(
            f"{path} was not written by TopicModel.save: give such a file, or load a "
            "document model with tf.keras.models.load_model"
        ) from None


def has_topic_record(path) -> bool:
    """Returns whether a file or a folder holds a topic model."""
    path = pathlib.Path(path)
    if path.is_dir():
        return (path / RECORD).is_file()
    try:
        with zipfile.ZipFile(path) as file:
            return RECORD in file.namelist()
    except zipfile.BadZipFile:
        return False


def write_topic_preset(folder, model, record: dict) -> None:
    """Writes a preset of a document model, and the record with it.

    Raises:
        FileExistsError, ValueError, OSError: as `NVDM.save_to_preset`.
    """
    PresetFolder(folder).save(model, {RECORD: json.dumps(record)})


def add_topic_record(folder, record: dict) -> None:
    """Writes the record into the folder of a document model.

    Raises:
        OSError: if it cannot be written.
    """
    text = json.dumps(record)
    with _replacing(pathlib.Path(folder, RECORD), f".partial-{RECORD}") as partial:
        partial.write_text(text, encoding="utf-8")


def read_topic_preset(preset) -> tuple[NVDM, dict]:
    """Returns the document model of a preset and its record.

    Args:
        preset: a name, or the path of a folder.

    Raises:
        ValueError: if there is no such preset, or it has no topics.
    """
    folder = find_preset(preset, NVDM)
    try:
        record = json.loads((folder.path / RECORD).read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError) as error:
        known = ", ".join(list_topic_presets(NVDM)) or "there are none"
        raise ValueError(
            f"preset {os.fspath(preset)!r} holds a document model, but no topics "
            f"({type(error).__name__} in {RECORD}): use NVDM.from_preset; presets of "
            f"TopicModel: {known}"
        ) from None
    return folder.load(), record


def list_topic_presets(owner: type) -> dict[str, str]:
    """Returns the presets that have topics, and the titles of their cards.

    Args:
        owner: the class that is asked; all of them have the same presets.
    """
    return list_presets(NVDM, RECORD)


def mixture_to_lists(mixture) -> dict:
    """Returns the mixture's parameters for a JSON file."""
    return {
        "mean_directions": mixture.mean_directions.numpy().tolist(),
        "concentration": mixture.concentration.numpy().tolist(),
        "logits": mixture.logits.numpy().tolist(),
    }


def mixture_from_lists(parameters: dict) -> VonMisesFisherMixture:
    """Returns the mixture that `mixture_to_lists` described."""
    return VonMisesFisherMixture(
        **{name: tf.constant(value, tf.float64) for name, value in parameters.items()}
    )


@contextlib.contextmanager
def _replacing(path: pathlib.Path, name: str) -> Iterator[pathlib.Path]:
    """Yields a path of another name to write, which then replaces the file."""
    partial = path.with_name(name)
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
