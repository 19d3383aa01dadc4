"""Checks that the installed Keras is one that the library supports."""

import os
import sys

# Packages that Keras imports for its other backends.
OTHER_BACKENDS = ("jax", "torch", "openvino", "mlx")


def check_keras() -> None:
    """Refuses Keras 2 and backends other than TensorFlow's.

    Raises:
        ImportError: if the environment, or Keras's own configuration, asks for one.

    Example:
    >>> check_keras()
    """
    legacy = os.environ.get("TF_USE_LEGACY_KERAS")
    if legacy in ("1", "true", "True"):
        _refuse(f"runs on Keras 3 alone, and TF_USE_LEGACY_KERAS is {legacy}: unset it")
    chosen = os.environ.get("KERAS_BACKEND") or "tensorflow"
    if "keras" in sys.modules or chosen == "tensorflow":
        chosen = _backend_of_keras()
    if chosen != "tensorflow":
        _refuse(
            f"runs on Keras's TensorFlow backend alone, and the backend is {chosen}: "
            "set KERAS_BACKEND=tensorflow before Keras is imported"
        )


def _backend_of_keras():
    try:
        import keras
    except ImportError as error:
        # Its configuration file names a backend that is not installed.
        if error.name in OTHER_BACKENDS:
            return error.name
        raise
    return keras.config.backend()


def _refuse(reason):
    raise ImportError(f"tf_vmfvae {reason}", name="tf_vmfvae")
