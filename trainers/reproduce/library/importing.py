"""Imports the library into a process that leaves the GPUs to others."""

import contextlib

from trainers.cli.program import importing_tensorflow


def import_library() -> None:
    """Imports TensorFlow and the library, and hides the GPUs from this process.

    Otherwise TensorFlow would take most of their memory, which the runs need.
    """
    with importing_tensorflow():
        import tensorflow as tf

        # It is too late to hide them where TensorFlow has been used before.
        with contextlib.suppress(RuntimeError):
            tf.config.set_visible_devices([], "GPU")
