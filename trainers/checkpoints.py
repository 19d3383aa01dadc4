"""The whole state of a training run on disk."""

import json
import re
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf

from trainers.whole_file import whole_file

_NAME = re.compile(r"state-(\d+)\.npz")
_NOTES = "notes"


class Checkpoints:
    """Saves and restores variables together with the loop's own numbers.

    A checkpoint is one file, and two are kept: if the newer one is broken, the older
    one serves. A file of arrays rather than a `tf.train.Checkpoint`, which is several
    files that are moved into place one after the other, found by way of another one.

    Args:
        folder: where they lie; made when the first one is saved.
        variables: list of `keras.Variable`, always in the same order.
    """

    def __init__(self, folder: Path, variables: list):
        self._folder = folder
        self._variables = variables
        # Files known to be whole, the newest last.
        self._whole = []

    def save(self, notes: dict) -> None:
        """Writes the variables and `notes`, a dictionary that JSON can hold.

        Raises:
            OSError: if there is no room; the earlier checkpoints are kept.
        """
        self._folder.mkdir(exist_ok=True)
        files = self.files()
        number = _number(files[-1]) + 1 if files else 1
        file = self._folder / f"state-{number}.npz"
        arrays = {
            _key(index): tf.convert_to_tensor(variable).numpy()
            for index, variable in enumerate(self._variables)
        }
        with whole_file(file) as partial:
            np.savez(partial, **{_NOTES: np.array(json.dumps(notes))}, **arrays)
        self._whole = [*self._whole[-1:], file]
        for old in files:
            if old not in self._whole:
                old.unlink()

    def restore(self) -> dict | None:
        """Restores the newest whole checkpoint; warns of a broken one on stderr.

        Returns:
            Its notes, or `None` if there is no whole checkpoint.
        """
        for file in reversed(self.files()):
            try:
                notes, values = self._read(file)
            # A broken file fails in the zip, in the array or in the text: in any way.
            except Exception as error:
                reason = " ".join(str(error).split()) or type(error).__name__
                print(
                    f"warning: {file}: broken checkpoint passed over ({reason})",
                    file=sys.stderr,
                )
                continue
            for variable, value in zip(self._variables, values, strict=True):
                variable.assign(value)
            self._whole = [file]
            return notes
        return None

    def files(self) -> list[Path]:
        """Returns the checkpoints that there are, broken ones too, the newest last."""
        if not self._folder.is_dir():
            return []
        files = [file for file in self._folder.iterdir() if _NAME.fullmatch(file.name)]
        return sorted(files, key=_number)

    def _read(self, file):
        """Reads all before anything is assigned: variables are never half-restored."""
        with open(file, "rb") as opened, np.load(opened) as content:
            notes = json.loads(content[_NOTES].item())
            values = [content[_key(index)] for index in range(len(content.files) - 1)]
        if not isinstance(notes, dict):
            raise ValueError("its notes are no object")
        for variable, value in zip(self._variables, values, strict=True):
            if value.shape != tuple(variable.shape):
                raise ValueError(f"{variable.path} has the shape {value.shape}")
            if value.dtype != variable.dtype:
                raise ValueError(f"{variable.path} is of the kind {value.dtype}")
        return notes, values


def _key(index):
    return f"variable_{index}"


def _number(file):
    return int(_NAME.fullmatch(file.name)[1])
