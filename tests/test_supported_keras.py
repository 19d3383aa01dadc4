"""An unsupported Keras is refused in one line, before anything else."""

import sys

import keras
import pytest

from tf_vmfvae.supported_keras import check_keras
from trainers.cli import program as command_line
from trainers.cli.errors import UserError

LEGACY = {"TF_USE_LEGACY_KERAS": "1"}


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        (LEGACY, "TF_USE_LEGACY_KERAS is 1: unset it"),
        ({"TF_USE_LEGACY_KERAS": "True"}, "TF_USE_LEGACY_KERAS is True"),
        ({"KERAS_BACKEND": "jax"}, "the backend is jax: set KERAS_BACKEND=tensorflow"),
        ({"KERAS_BACKEND": "torch"}, "the backend is torch"),
    ],
    ids=str,
)
def test_an_unsupported_keras_is_refused_in_one_line(environment, message, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    # As before anyone has imported it.
    monkeypatch.delitem(sys.modules, "keras")
    with pytest.raises(ImportError, match=message) as caught:
        check_keras()
    assert "\n" not in str(caught.value)


def test_a_backend_from_the_configuration_file_of_keras_is_refused(monkeypatch):
    monkeypatch.setattr(keras.config, "backend", lambda: "jax")
    with pytest.raises(ImportError, match="the backend is jax"):
        check_keras()


@pytest.mark.parametrize("environment", [{}, {"TF_USE_LEGACY_KERAS": "0"}], ids=str)
def test_keras_3_with_tensorflow_is_accepted(environment, monkeypatch):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    check_keras()


def test_a_program_ends_in_one_line(monkeypatch, capfd):
    monkeypatch.setenv("TF_USE_LEGACY_KERAS", "1")
    monkeypatch.delitem(sys.modules, "tf_vmfvae")
    with (
        pytest.raises(UserError, match="TF_USE_LEGACY_KERAS is 1"),
        command_line.importing_tensorflow(),
    ):
        pytest.fail("work that needs the library was started")
    assert capfd.readouterr().err == ""
