"""Dropout keeps its rate in every precision, and equals Keras's in float32."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.layers import Dropout


@pytest.mark.parametrize("precision", ["float32", "mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("rate", [0.05, 0.4])
def test_the_share_of_zeros_is_the_rate_and_the_mean_stays(rate, precision):
    layer = Dropout(rate, seed=1, dtype=precision)
    outputs = layer(tf.ones([1000, 1000]), training=True)
    kept = np.array(tf.cast(outputs, tf.float32)) != 0

    # Allow six standard errors of a million draws.
    assert abs(kept.mean() - (1 - rate)) < 6e-3 * np.sqrt(rate * (1 - rate))
    assert outputs.dtype == layer.compute_dtype
    expected = tf.cast(1 / (1 - rate), outputs.dtype)
    np.testing.assert_array_equal(outputs[kept], tf.fill([kept.sum()], expected))


def test_in_float32_the_outputs_are_those_of_keras():
    inputs = tf.random.stateless_normal([20, 30], seed=[1, 2])
    ours, plain = Dropout(0.3, seed=5), keras.layers.Dropout(0.3, seed=5)

    for training in (True, False):
        np.testing.assert_array_equal(
            ours(inputs, training=training), plain(inputs, training=training)
        )


def test_outside_training_nothing_is_dropped():
    inputs = tf.random.stateless_normal([20, 30], seed=[1, 2])
    layer = Dropout(0.3, dtype="mixed_bfloat16")

    np.testing.assert_array_equal(layer(inputs), tf.cast(inputs, tf.bfloat16))
    np.testing.assert_array_equal(Dropout(0.0)(inputs, training=True), inputs)


def test_a_configuration_makes_the_same_layer():
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(Dropout(0.3, seed=5))
    )

    assert isinstance(again, Dropout)
    assert (again.rate, again.seed) == (0.3, 5)
