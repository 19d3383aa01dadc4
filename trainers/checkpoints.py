"""The whole state of a training run on disk."""

import json
import sys
from pathlib import Path

import tensorflow as tf


class Checkpoints:
    """Saves and restores variables together with the loop's own numbers.

    Two checkpoints are kept: if the newer one is broken, the older one serves.

    Args:
        folder: where they lie.
        variables: list of `keras.Variable`, always in the same order.
    """

    def __init__(self, folder: Path, variables: list):
        self._notes = _Notes()
        self._checkpoint = tf.train.Checkpoint(
            notes=self._notes, variables=[variable.value for variable in variables]
        )
        self._manager = tf.train.CheckpointManager(
            self._checkpoint, str(folder), max_to_keep=2
        )

    def save(self, notes: dict) -> None:
        """Writes the variables and `notes`, a dictionary that JSON can hold."""
        self._notes.content = notes
        self._manager.save()

    def restore(self) -> dict | None:
        """Restores the newest whole checkpoint.

        Returns:
            Its notes, or `None` if there is no whole checkpoint.
        """
        for path in reversed(self._manager.checkpoints):
            try:
                # A dry run first: a broken file must not leave variables half-read.
                _read_all(path)
                self._checkpoint.restore(path).assert_consumed()
                return self._notes.content
            except (tf.errors.OpError, AssertionError, ValueError) as error:
                reason = str(error).splitlines()[0]
                print(
                    f"warning: {path}: broken checkpoint passed over ({reason})",
                    file=sys.stderr,
                )
        return None


class _Notes(tf.train.experimental.PythonState):
    def __init__(self):
        self.content = {}

    def serialize(self):
        return json.dumps(self.content)

    def deserialize(self, string_value):
        if isinstance(string_value, bytes):
            string_value = string_value.decode("utf-8")
        self.content = json.loads(string_value)


def _read_all(path):
    reader = tf.train.load_checkpoint(path)
    for name in reader.get_variable_to_shape_map():
        reader.get_tensor(name)
