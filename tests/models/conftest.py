"""Fixtures of the models' tests."""

import pytest
import tensorflow as tf


@pytest.fixture(scope="session")
def strategies(two_replicas):
    """Returns a strategy with one replica and one with two."""
    return [tf.distribute.OneDeviceStrategy("CPU:0"), two_replicas]
