"""Fixtures of the models' tests."""

import pytest
import tensorflow as tf


@pytest.fixture(scope="session")
def strategies():
    """Returns a strategy with one replica and one with two."""
    devices = [device.name for device in tf.config.list_logical_devices("CPU")]
    return [
        tf.distribute.OneDeviceStrategy(devices[0]),
        tf.distribute.MirroredStrategy(devices),
    ]
