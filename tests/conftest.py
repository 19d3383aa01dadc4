"""Fixtures for all tests."""

import gc
import os
import signal
import subprocess
import zlib

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.python import pywrap_tfe

from trainers.devices.strategies import make_strategy

# Two logical CPUs stand in for two GPUs. They must be set before TensorFlow starts.
tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0],
    [tf.config.LogicalDeviceConfiguration()] * 2,
)
# Graphs are millions of objects that live as long as their models. With Python's own
# thresholds, looking for garbage among them takes a twentieth of the time.
gc.set_threshold(20_000, 50, 100)


def pytest_collection_finish():
    """Takes what the imports made out of the search for garbage."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
    """Frees the graphs of a file, which would fill the memory of the machine."""
    result = yield
    if nextitem is None or nextitem.path != item.path:
        # Not in a fixture: until now, pytest itself holds those of the last test.
        keras.utils.clear_session()
        gc.collect()
        # What is left lives on, and looking through it again takes seconds per file.
        gc.freeze()
    return result


# A shell that starts the tests in the background lets them ignore Ctrl-C, and the
# programs that they start would do so too.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _fixed_seed(request, monkeypatch):
    """A test draws the same numbers alone and with the others."""
    # Setting a seed also forgets every operation and function that has run, and what
    # the tests of a file share would be compiled again for each of them. An operation
    # that is not forgotten goes on with its old seed, so each test has one of its own.
    with monkeypatch.context() as patch:
        patch.setattr(pywrap_tfe, "TFE_ContextClearCaches", lambda context: None)
        keras.utils.set_random_seed(1)
        tf.random.set_seed(zlib.crc32(request.node.nodeid.encode()))


@pytest.fixture(scope="session")
def two_replicas():
    """Returns the strategy with two replicas, of which a process can have only one."""
    return make_strategy("mirrored")


class Series:
    """A stand-in for a pandas Series: values with labels."""

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
        """Looks a value up by its label, not by its position."""
        [position] = np.flatnonzero(self.index == label)
        return self._values[position]


@pytest.fixture(scope="session")
def make_series():
    """Returns a function that makes a stand-in for a pandas Series."""
    return Series


@pytest.fixture
def recipe_commands(tmp_path):
    """Returns a function that runs a recipe and returns its commands' arguments."""
    record = tmp_path / "record"
    stand_in = tmp_path / "python"
    # A unit separator ends each argument, and a record separator each command.
    stand_in.write_text(
        f"#!/bin/sh\nprintf '%s\\037' \"$@\" >>{record}; printf '\\036' >>{record}\n"
    )
    stand_in.chmod(0o755)

    def started(recipe):
        environment = {**os.environ, "PYTHON": str(stand_in), "RUNS": str(tmp_path)}
        subprocess.run(["bash", recipe], env=environment, check=True, timeout=60)
        records = record.read_text().split("\036")[:-1]
        return [command.split("\037")[:-1] for command in records]

    return started
