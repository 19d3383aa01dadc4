"""Curves in TensorBoard's Scalars dashboard."""

import numbers
import os

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae.layers import Latent

# Sizes of a split, which are the same in every epoch.
_SIZES = ("examples", "tokens")


class ScalarsPane(keras.callbacks.Callback):
    """Writes the numbers of each epoch for TensorBoard to plot.

    The numbers in `logs` go to two runs below `log_dir`: names that begin with `val_`
    go to `validation`, without the prefix, all others to `train`. So training and
    validation share a chart: `nll`, `reconstruction` and `kl` in nats per example,
    `ppl`, and whatever else the training loop measures. If `logs` lacks `kl_weight`,
    `learning_rate` or what the latent logs, they are read from the model. The step is
    the epoch, counted from 0; a run that is resumed continues its curves.

    Args:
        log_dir: str or path. Folder of this run's TensorBoard logs.

    Example:

    >>> import tempfile
    >>> from tf_vmfvae import callbacks
    >>> log_dir = tempfile.mkdtemp()
    >>> pane = callbacks.ScalarsPane(log_dir)
    >>> pane.on_train_begin()
    >>> pane.on_epoch_end(0, {"nll": 101.5, "val_nll": 99.25})
    >>> pane.on_train_end()
    >>> import os
    >>> sorted(os.listdir(log_dir))
    ['train', 'validation']
    """

    def __init__(self, log_dir: str | os.PathLike):
        super().__init__()
        self.log_dir = os.fspath(log_dir)
        self._writers = {}

    def on_train_begin(self, logs=None):
        self._writers = {
            split: tf.summary.create_file_writer(os.path.join(self.log_dir, split))
            for split in ("train", "validation")
        }

    def on_epoch_end(self, epoch, logs=None):
        logs = {**self._settings(), **(logs or {})}
        for key, value in logs.items():
            name = key.removeprefix("val_")
            if name not in _SIZES and isinstance(value, numbers.Real):
                split = "train" if name == key else "validation"
                with self._writers[split].as_default():
                    # As float64, since a number that float32 cannot hold is refused.
                    tf.summary.scalar(name, np.float64(value), step=epoch)
        for writer in self._writers.values():
            writer.flush()

    def on_train_end(self, logs=None):
        for writer in self._writers.values():
            writer.close()

    def _settings(self):
        """Returns KL weight, learning rate and the latent's logs, if it has them."""
        latent = getattr(self.model, "latent", None)
        settings = {}
        if isinstance(latent, Latent):
            settings = {name: float(value) for name, value in latent.logs().items()}
        if hasattr(self.model, "kl_weight"):
            settings["kl_weight"] = float(tf.convert_to_tensor(self.model.kl_weight))
        optimizer = getattr(self.model, "optimizer", None)
        if optimizer is not None:
            settings["learning_rate"] = float(
                tf.convert_to_tensor(optimizer.learning_rate)
            )
        return settings
