"""A dense layer of sparse bags has the outputs of a dense layer of dense bags."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers

IDS = np.array([[1, 3, 7, 0], [2, 0, 0, 0], [0, 0, 0, 0], [7, 1, 2, 3]], "int32")
VALUES = np.array(
    [[0.5, -1.0, 2.0, 9.0], [3.0, 0, 0, 0], [0, 0, 0, 0], [1.0, 0.0, 1.5, 1.0]],
    "float32",
)
SPREAD = np.zeros((4, 8), "float32")
for row, column in zip(*np.nonzero(IDS), strict=True):
    SPREAD[row, IDS[row, column]] = VALUES[row, column]
BAGS = SPREAD[:, 1:]


def pair_of_layers(**options):
    """Returns the sparse layer and Keras's layer, with the same weights."""
    sparse = layers.BagDense(7, 3, activation="tanh", **options)
    dense = keras.layers.Dense(3, activation="tanh", **options)
    sparse(IDS, VALUES), dense(BAGS)
    weights = [
        np.random.default_rng(i).normal(size=s) for i, s in enumerate([(7, 3), 3])
    ]
    for layer in (sparse, dense):
        layer.set_weights(weights)
    return sparse, dense


def gradients_of(layer, *inputs):
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(*inputs) ** 3)
    return tape.gradient(loss, [v.value for v in layer.trainable_variables])


@pytest.mark.parametrize("jit_compile", [None, True])
def test_outputs_and_gradients_are_those_of_a_dense_layer(jit_compile):
    sparse, dense = pair_of_layers()
    call = tf.function(sparse, jit_compile=jit_compile)
    gradients = tf.function(
        lambda *x: gradients_of(sparse, *x), jit_compile=jit_compile
    )

    np.testing.assert_allclose(call(IDS, VALUES), dense(BAGS), atol=1e-6)
    for ours, plain in zip(
        gradients(IDS, VALUES), gradients_of(dense, BAGS), strict=True
    ):
        np.testing.assert_allclose(ours, plain, atol=1e-5)


def test_narrow_dtypes_give_the_outputs_of_a_dense_layer():
    sparse, dense = pair_of_layers(dtype="mixed_bfloat16")

    assert sparse(IDS, VALUES).dtype == tf.bfloat16
    np.testing.assert_allclose(
        tf.cast(sparse(IDS, VALUES), tf.float32),
        tf.cast(dense(BAGS), tf.float32),
        atol=0.02,
    )


def test_the_values_of_a_repeated_word_are_summed():
    sparse, _ = pair_of_layers()
    once = sparse(np.array([[4]], "int32"), np.array([[5.0]], "float32"))
    twice = sparse(np.array([[4, 4]], "int32"), np.array([[2.0, 3.0]], "float32"))

    np.testing.assert_allclose(twice, once, rtol=1e-6)
