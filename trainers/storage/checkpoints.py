"""The state of a training run on disk."""

import json
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

from trainers.cli.errors import UserError, reason
from trainers.cli.json_object import parse_object
from trainers.storage.atomic_file import atomic_file
from trainers.storage.checkpoint_files import checkpoint_files, next_checkpoint_file

_NOTES = "notes"
# How many checkpoints are kept.
KEPT = 2


class Checkpoints:
    """Saves and restores variables, along with the training loop's notes.

    Two checkpoints are kept: if the newer one is damaged, the older one is used. A file
    that cannot be read is never deleted, because someone may want to repair it.

    A checkpoint is one file of arrays. A `tf.train.Checkpoint` would be several files,
    which a crash could leave half replaced.

    Args:
        folder: folder of the checkpoints; made when the first one is saved.
        variables: list of `keras.Variable`, always in the same order.
    """

    def __init__(self, folder: Path, variables: list):
        self._folder = folder
        self._variables = variables
        # Whether each file that was read or written here is intact.
        self._intact = {}

    def save(self, notes: dict) -> None:
        """Saves the variables and notes as the newest checkpoint.

        Args:
            notes: dictionary that JSON can hold.

        Raises:
            OSError: if it cannot be written; the earlier checkpoints are kept.
        """
        self._folder.mkdir(exist_ok=True)
        file = next_checkpoint_file(self._folder)
        arrays = {
            _key(index): tf.convert_to_tensor(variable).numpy()
            for index, variable in enumerate(self._variables)
        }
        with atomic_file(file) as partial:
            np.savez(partial, **{_NOTES: np.array(json.dumps(notes))}, **arrays)
        self._intact[file] = True
        self._delete_old()

    def restore(self) -> dict | None:
        """Restores the newest intact checkpoint; warns on stderr of damaged ones.

        Returns:
            The notes, or `None` if there is no intact checkpoint.

        Raises:
            UserError: if the checkpoint is of another model.
        """
        for file in reversed(self.files()):
            try:
                notes, values = _read(file)
            # A damaged file can fail in the archive, in an array or in the notes.
            except Exception as error:
                self._intact[file] = False
                print(
                    f"warning: {file}: cannot be read and is skipped ({reason(error)})",
                    file=sys.stderr,
                )
                continue
            # All variables are checked before any of them changes.
            misfit = self._misfit(values)
            if misfit:
                raise UserError(
                    f"{file}: was saved for another model ({misfit}), perhaps one for "
                    "another text; restore the text that the run was started with, or "
                    "choose another --output_dir"
                )
            for variable, value in zip(self._variables, values, strict=True):
                variable.assign(value)
            self._intact[file] = True
            return notes
        return None

    def files(self) -> list[Path]:
        """Returns all checkpoints, damaged ones included, the newest last."""
        return checkpoint_files(self._folder)

    def _delete_old(self):
        """Deletes all intact checkpoints of this model but the newest ones."""
        intact = [file for file in self.files() if self._is_intact(file)]
        for file in intact[:-KEPT]:
            file.unlink()

    def _is_intact(self, file):
        if file not in self._intact:
            try:
                _, values = _read(file)
                self._intact[file] = self._misfit(values) is None
            except Exception:
                self._intact[file] = False
        return self._intact[file]

    def _misfit(self, values):
        """Returns why values cannot be assigned to the variables, if they cannot."""
        if len(values) != len(self._variables):
            return f"it holds {len(values)} variables, not {len(self._variables)}"
        for variable, value in zip(self._variables, values, strict=True):
            shape = tuple(variable.shape)
            if value.shape != shape:
                return f"its {variable.path} has shape {value.shape}, not {shape}"
            if value.dtype != variable.dtype:
                return (
                    f"its {variable.path} has type {value.dtype}, not {variable.dtype}"
                )
        return None


def _read(file):
    """Reads everything, so that the archive's checksums show any damage."""
    with open(file, "rb") as opened, np.load(opened) as content:
        notes = parse_object(content[_NOTES].item())
        values = [content[_key(index)] for index in range(len(content.files) - 1)]
    return notes, values


def _key(index):
    return f"variable_{index}"
