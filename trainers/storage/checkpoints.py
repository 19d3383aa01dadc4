"""The whole state of a training run on disk."""

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
# Files that are kept: if the newest cannot be read, the one before serves.
KEPT = 2


class Checkpoints:
    """Saves and restores variables together with the loop's own numbers.

    A checkpoint is one file, and two are kept: if the newer one is broken, the older
    one serves. A file that cannot be read is never deleted: what it holds may be worth
    more than its room. A file of arrays rather than a `tf.train.Checkpoint`, which is
    several files that are moved into place one after the other, found by way of another
    one.

    Args:
        folder: where they lie; made when the first one is saved.
        variables: list of `keras.Variable`, always in the same order.
    """

    def __init__(self, folder: Path, variables: list):
        self._folder = folder
        self._variables = variables
        # Files that were read or written here, and whether they are whole.
        self._whole = {}

    def save(self, notes: dict) -> None:
        """Writes the variables and `notes`, a dictionary that JSON can hold.

        Raises:
            OSError: if there is no room; the earlier checkpoints are kept.
        """
        self._folder.mkdir(exist_ok=True)
        file = next_checkpoint_file(self._folder)
        arrays = {
            _key(index): tf.convert_to_tensor(variable).numpy()
            for index, variable in enumerate(self._variables)
        }
        with atomic_file(file) as partial:
            np.savez(partial, **{_NOTES: np.array(json.dumps(notes))}, **arrays)
        self._whole[file] = True
        self._delete_old()

    def restore(self) -> dict | None:
        """Restores the newest whole checkpoint; warns of a broken one on stderr.

        Returns:
            Its notes, or `None` if there is no whole checkpoint.

        Raises:
            UserError: if it is whole but of another model.
        """
        for file in reversed(self.files()):
            try:
                notes, values = _read(file)
            # A broken file fails in the zip, in the array or in the text: in any way.
            except Exception as error:
                self._whole[file] = False
                print(
                    f"warning: {file}: cannot be read and is skipped ({reason(error)})",
                    file=sys.stderr,
                )
                continue
            # Variables are never half-restored.
            misfit = self._misfit(values)
            if misfit:
                raise UserError(
                    f"{file}: was saved for another model ({misfit}), of another text, "
                    "maybe; put back what the run was begun with, or name another "
                    "--output_dir"
                )
            for variable, value in zip(self._variables, values, strict=True):
                variable.assign(value)
            self._whole[file] = True
            return notes
        return None

    def files(self) -> list[Path]:
        """Returns the checkpoints that there are, broken ones too, the newest last."""
        return checkpoint_files(self._folder)

    def _delete_old(self):
        """Deletes whole ones but for the newest, and nothing else."""
        kept = 0
        for file in reversed(self.files()):
            if not self._is_whole(file):
                continue
            kept += 1
            if kept > KEPT:
                file.unlink()

    def _is_whole(self, file):
        if file not in self._whole:
            try:
                _, values = _read(file)
                self._whole[file] = self._misfit(values) is None
            except Exception:
                self._whole[file] = False
        return self._whole[file]

    def _misfit(self, values):
        """What keeps values from being the variables', if anything does."""
        if len(values) != len(self._variables):
            return f"it holds {len(values)} variables, not {len(self._variables)}"
        for variable, value in zip(self._variables, values, strict=True):
            shape = tuple(variable.shape)
            if value.shape != shape:
                return f"{variable.path} is of shape {value.shape} in it, not {shape}"
            if value.dtype != variable.dtype:
                return f"{variable.path} is of type {value.dtype} in it"
        return None


def _read(file):
    """Reads all there is, sums included that tell whether the file is whole."""
    with open(file, "rb") as opened, np.load(opened) as content:
        notes = parse_object(content[_NOTES].item())
        values = [content[_key(index)] for index in range(len(content.files) - 1)]
    return notes, values


def _key(index):
    return f"variable_{index}"
