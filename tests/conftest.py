"""What every test starts from."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pytest
import tensorflow as tf

# Two logical CPUs stand in for two GPUs. It must be settled before TensorFlow starts.
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0],
    [tf.config.LogicalDeviceConfiguration()] * 2,
)


@pytest.fixture(autouse=True)
def _fixed_seed():
    """A test draws the same numbers alone as among the others."""
    keras.utils.set_random_seed(1)


class Series:
    """What of a pandas Series matters: values under labels of their own."""

    def __init__(self, values, index):
        self._values = np.array(values, object)
        self.index = np.array(index)
        self.shape = self._values.shape

    def __len__(self):
        return len(self._values)

    def __iter__(self):
        return iter(self._values)

    def __array__(self, dtype=None, copy=None):
        return self._values

    def __getitem__(self, label):
        """By label, not by place."""
        [place] = np.flatnonzero(self.index == label)
        return self._values[place]


@pytest.fixture(scope="session")
def make_series():
    """Returns a function from values and labels to a stand-in for a pandas Series."""
    return Series
