"""The base class of the panes in TensorBoard's Text dashboard."""

import os
from collections.abc import Iterable, Sequence

import keras
import tensorflow as tf

from tf_vmfvae.callbacks.tensorboard.text_table import write_table


class TablesPane(keras.callbacks.Callback):
    """Base class of callbacks that write tables after each epoch.

    A subclass sets `run`, the name of its run in TensorBoard, and defines `tables`.

    Args:
        log_dir: str or path. Folder of this run's TensorBoard logs.
    """

    run: str

    def __init__(self, log_dir: str | os.PathLike):
        super().__init__()
        self.log_dir = os.fspath(log_dir)
        self._writer = None

    def tables(self) -> Iterable[tuple[str, Sequence[str], Iterable[Sequence]]]:
        """Yields the name, the header and the rows of each table."""
        raise NotImplementedError(f"{type(self).__name__} has no tables")

    def on_train_begin(self, logs=None):
        self._writer = tf.summary.create_file_writer(
            os.path.join(self.log_dir, self.run)
        )

    def on_epoch_end(self, epoch, logs=None):
        with self._writer.as_default(step=epoch):
            for name, header, rows in self.tables():
                write_table(name, header, rows)
        self._writer.flush()

    def on_train_end(self, logs=None):
        self._writer.close()
