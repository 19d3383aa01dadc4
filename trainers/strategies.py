"""The tf.distribute strategies by name."""

import tensorflow as tf


def make_strategy(name: str) -> tf.distribute.Strategy:
    """Returns a strategy.

    Args:
        name: `"one_device"`; `"mirrored"`, all GPUs or else all logical CPU
            devices; or `"auto"`, mirrored if there are several GPUs.
    """
    gpus = tf.config.list_logical_devices("GPU")
    if name == "auto":
        name = "mirrored" if len(gpus) > 1 else "one_device"
    if name == "one_device":
        return tf.distribute.OneDeviceStrategy("GPU:0" if gpus else "CPU:0")
    devices = gpus or tf.config.list_logical_devices("CPU")
    return tf.distribute.MirroredStrategy([device.name for device in devices])
