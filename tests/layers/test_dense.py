"""Keras's Dense, which also takes features of width 0."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.layers import Dense


@pytest.mark.parametrize("compiled", [False, True], ids=["eager", "compiled"])
@pytest.mark.parametrize("options", [{}, {"activation": "tanh"}], ids=str)
def test_features_of_width_0_give_the_bias(options, compiled):
    layer = Dense(3, bias_initializer=keras.initializers.Constant(0.5), **options)
    layer.build((None, 0))
    call = tf.function(layer) if compiled else layer
    inputs = tf.zeros([4, 0])
    with tf.GradientTape() as tape:
        outputs = call(inputs)
    expected = np.tanh(0.5) if options else 0.5
    slope = 4 * (1 - np.tanh(0.5) ** 2) if options else 4.0

    np.testing.assert_allclose(outputs, np.full((4, 3), expected), rtol=1e-6)
    gradients = tape.gradient(outputs, [weight.value for weight in layer.weights])
    assert gradients[0].shape == (0, 3)
    np.testing.assert_allclose(gradients[1], np.full(3, slope), rtol=1e-6)


def test_without_a_bias_features_of_width_0_give_zeros():
    assert not np.any(Dense(3, use_bias=False)(np.zeros((4, 0), "float32")))


def test_other_features_give_the_outputs_of_keras():
    layer, plain = Dense(3, "relu"), keras.layers.Dense(3, "relu")
    inputs = np.random.default_rng(1).normal(size=(4, 2)).astype("float32")
    layer(inputs), plain(inputs)
    plain.set_weights(layer.get_weights())

    np.testing.assert_array_equal(layer(inputs), plain(inputs))
    assert isinstance(Dense.from_config(layer.get_config()), Dense)
