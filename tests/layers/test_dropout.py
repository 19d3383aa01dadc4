"""Dropout keeps its rate in every precision; by position, it is Keras's in float32."""

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


@pytest.mark.parametrize("shape", [[400, 600], [400, 7, 600], [400, 2, 3, 600]])
def test_the_same_units_are_dropped_at_all_positions_of_an_example(shape):
    layer = Dropout(0.3, seed=1, per_example=True)
    outputs = layer(tf.ones(shape), training=True).numpy()
    positions = outputs.reshape(400, -1, 600)

    assert (positions == positions[:, :1]).all()
    # Of different units in each example; six standard errors of all units together.
    kept = positions[:, 0] != 0
    assert abs(kept.mean() - 0.7) < 6 * np.sqrt(0.3 * 0.7 / kept.size)
    assert 0 < kept.mean(axis=0).min() < kept.mean(axis=0).max() < 1
    np.testing.assert_allclose(outputs[outputs != 0], 1 / 0.7, rtol=1e-6)


def test_a_single_axis_is_dropped_as_by_position():
    outputs = Dropout(0.3, seed=1, per_example=True)(tf.ones([50]), training=True)

    np.testing.assert_array_equal(
        outputs, Dropout(0.3, seed=1)(tf.ones([50]), training=True)
    )


def test_a_compiled_function_takes_any_length():
    layer = Dropout(0.3, seed=1, per_example=True)
    call = tf.function(
        lambda x: layer(x, training=True), [tf.TensorSpec([None, None, 20])]
    )
    for length in (1, 6):
        outputs = call(tf.ones([3, length, 20]))
        np.testing.assert_array_equal(outputs, tf.repeat(outputs[:, :1], length, 1))


def test_noise_of_two_shapes_at_once_is_refused():
    with pytest.raises(ValueError, match="per_example=True sets its own"):
        Dropout(0.3, noise_shape=(None, 1), per_example=True)


def test_a_configuration_makes_the_same_layer():
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(Dropout(0.3, seed=5, per_example=True))
    )

    assert isinstance(again, Dropout)
    assert (again.rate, again.seed, again.per_example) == (0.3, 5, True)
