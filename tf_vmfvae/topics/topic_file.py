"""The file of a topic model: a Keras model, and what that does not hold."""

import json
import os
import pathlib
import zipfile

# The archive's entry that Keras does not read.
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
    partial = path.with_name(f".{path.stem}.partial.keras")
    try:
        model.save(partial)
        with zipfile.ZipFile(partial, "a", zipfile.ZIP_DEFLATED) as file:
            file.writestr(RECORD, text)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


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
