import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.callbacks import ScalarsPane

LOGS = {
    "nll": 101.5,
    "kl": 12.25,
    "ppl": 98.0,
    "words_per_second": 5200.0,
    "kl_weight": 0.5,
    "learning_rate": 0.001,
    "val_nll": 99.0,
    "val_code_gain": 11.0,
    "val_mean_cosine": 0.125,
    "val_examples": 3370,
    "val_tokens": 70000,
}


def run_epochs(model, log_dir, epochs):
    callbacks = keras.callbacks.CallbackList([ScalarsPane(log_dir)], model=model)
    callbacks.on_train_begin()
    for epoch in epochs:
        callbacks.on_epoch_begin(epoch)
        callbacks.on_epoch_end(epoch, {**LOGS, "nll": LOGS["nll"] - epoch})
    callbacks.on_train_end()


def curve(events, tag):
    return [
        (event.step, pytest.approx(tf.make_ndarray(event.tensor_proto).item()))
        for event in events.Tensors(tag)
    ]


def test_training_and_validation_have_the_same_tags(model, tmp_path, read_events):
    run_epochs(model, tmp_path, range(2))
    train = read_events(tmp_path / "train")
    validation = read_events(tmp_path / "validation")
    assert set(train.Tags()["tensors"]) == {
        "nll",
        "kl",
        "ppl",
        "words_per_second",
        "kl_weight",
        "learning_rate",
    }
    assert set(validation.Tags()["tensors"]) == {"nll", "code_gain", "mean_cosine"}
    assert curve(train, "nll") == [(0, 101.5), (1, 100.5)]
    assert curve(train, "kl_weight") == [(0, 0.5), (1, 0.5)]
    assert curve(validation, "code_gain") == [(0, 11.0), (1, 11.0)]


def test_a_resumed_run_continues_the_same_curve(model, tmp_path, read_events):
    run_epochs(model, tmp_path, range(2))
    run_epochs(model, tmp_path, range(2, 4))
    train = curve(read_events(tmp_path / "train"), "nll")
    # Event files of the same second are read in any order.
    assert sorted(step for step, _ in train) == [0, 1, 2, 3]


def test_the_kl_weight_and_the_learning_rate_are_read_from_the_model(
    model, fit, tmp_path, read_events
):
    model.kl_weight.assign(0.25)
    fit([ScalarsPane(tmp_path)], epochs=2)
    train = read_events(tmp_path / "train")
    assert curve(train, "kl_weight") == [(0, 0.25), (1, 0.25)]
    assert curve(train, "learning_rate") == [(0, 0.01), (1, 0.01)]
    assert [step for step, _ in curve(train, "loss")] == [0, 1]
    assert "loss" in read_events(tmp_path / "validation").Tags()["tensors"]


@pytest.mark.parametrize("value", [1e300, np.float64(-1e300), math.inf])
def test_a_number_beyond_float32_is_infinite(model, tmp_path, read_events, value):
    pane = ScalarsPane(tmp_path)
    pane.set_model(model)
    pane.on_train_begin()
    pane.on_epoch_end(0, {"nll": value})
    pane.on_train_end()
    expected = math.copysign(math.inf, value)
    assert curve(read_events(tmp_path / "train"), "nll") == [(0, expected)]


def test_an_epoch_is_on_disk_as_soon_as_it_ends(model, tmp_path, read_events):
    """A run that is killed keeps the epochs that it finished."""
    pane = ScalarsPane(tmp_path)
    pane.set_model(model)
    pane.on_train_begin()
    pane.on_epoch_end(0, {"nll": 7.0})
    assert curve(read_events(tmp_path / "train"), "nll") == [(0, 7.0)]
    pane.on_train_end()
