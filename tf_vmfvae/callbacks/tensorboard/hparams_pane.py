"""Hyper-parameters in TensorBoard's HParams dashboard."""

import os
from collections.abc import Mapping

import keras
import tensorflow as tf
from tensorboard.plugins.hparams import api as hparams_api

_METRICS = {
    "nll": "NLL",
    "ppl": "PPL",
    "kl": "KL",
    "code_gain": "code gain",
}


class HParamsPane(keras.callbacks.Callback):
    """Writes the hyper-parameters of a run for TensorBoard's HParams dashboard.

    The dashboard shows one row per run, with its settings and the last validation
    NLL, PPL, KL and code gain that `ScalarsPane` wrote to the same `log_dir`.

    Args:
        log_dir: str or path. Folder of this run's TensorBoard logs.
        hparams: dictionary from names to numbers, booleans or strings. The dashboard
            leaves `None` empty and shows values of other types as text.
        name: str or `None`. Name of the run in the dashboard, its "Trial ID"; by
            default a hash of the settings. Runs with the same name are averaged into
            one row.

    Example:

    >>> import tempfile
    >>> from tf_vmfvae import callbacks
    >>> settings = {"kappa": 80, "data_dir": None}
    >>> pane = callbacks.HParamsPane(tempfile.mkdtemp(), settings)
    >>> pane.hparams
    {'kappa': 80}
    >>> pane.columns
    ['kappa', 'data_dir']
    """

    def __init__(
        self,
        log_dir: str | os.PathLike,
        hparams: Mapping[str, object],
        name: str | None = None,
    ):
        super().__init__()
        self.log_dir = os.fspath(log_dir)
        self.name = name
        # TensorBoard takes the columns from any one run, so list the empty ones too.
        self.columns = list(hparams)
        self.hparams = {
            name: value if isinstance(value, bool | int | float | str) else str(value)
            for name, value in hparams.items()
            if value is not None
        }
        self._session = None

    def on_train_begin(self, logs=None):
        writer = tf.summary.create_file_writer(self.log_dir)
        with writer.as_default():
            hparams_api.hparams_config(
                hparams=[hparams_api.HParam(column) for column in self.columns],
                metrics=[
                    hparams_api.Metric(tag, group="validation", display_name=title)
                    for tag, title in _METRICS.items()
                ],
            )
        self._session = hparams_api.KerasCallback(writer, self.hparams, self.name)
        self._session.on_train_begin()
        writer.flush()

    def on_train_end(self, logs=None):
        self._session.on_train_end()
