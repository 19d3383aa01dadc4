"""The fused loss equals the plain one, gradients too."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.layers import WordSoftmax
from tf_vmfvae.layers.word_softmax import softmax_nll


def _problem(scale=1.0):
    rng = np.random.default_rng(0)
    features = tf.constant(scale * rng.normal(size=(37, 11)), tf.float32)
    kernel = tf.constant(rng.normal(size=(53, 11)), tf.float32)
    bias = tf.constant(rng.normal(size=53), tf.float32)
    classes = tf.constant(rng.integers(0, 53, 37), tf.int32)
    weights = tf.constant(rng.normal(size=37), tf.float32)
    return features, kernel, bias, classes, weights


def _plain(features, kernel, bias, classes):
    logits = tf.matmul(features, kernel, transpose_b=True) + bias
    return tf.nn.sparse_softmax_cross_entropy_with_logits(classes, logits)


def _value_and_gradients(loss, features, kernel, bias, classes, weights):
    with tf.GradientTape() as tape:
        tape.watch((features, kernel, bias))
        nll = loss(features, kernel, bias, classes)
        total = tf.reduce_sum(weights * nll)
    return nll, *tape.gradient(total, (features, kernel, bias))


@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0])
def test_fused_loss_and_gradients_equal_the_plain_ones(scale):
    problem = _problem(scale)
    fused = _value_and_gradients(softmax_nll, *problem)
    plain = _value_and_gradients(_plain, *problem)

    for one, other in zip(fused, plain, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-5 * scale + 1e-6)


def test_a_certain_prediction_costs_nothing_and_overflows_nowhere():
    kernel = tf.constant([[1000.0], [-1000.0]])
    nll = softmax_nll(tf.ones([2, 1]), kernel, tf.zeros([2]), tf.constant([0, 1]))

    np.testing.assert_allclose(nll, [0.0, 2000.0])


def test_training_and_evaluation_give_the_same_loss():
    layer = WordSoftmax(9)
    features = tf.random.stateless_normal([2, 3, 4], (1, 2))
    targets = tf.constant([[3, 9, 0], [1, 0, 0]])

    one, other = (layer(features, targets, training=flag) for flag in (True, False))
    np.testing.assert_allclose(one, other, rtol=1e-5)
    assert np.all(one.numpy()[targets.numpy() == 0] == 0)


def test_loss_is_that_of_its_own_logits():
    layer = WordSoftmax(9)
    features = tf.random.stateless_normal([2, 3, 4], (1, 2))
    targets = tf.constant([[3, 9, 2], [1, 4, 5]])
    log_probability = tf.nn.log_softmax(layer(features))
    expected = -tf.gather(log_probability, targets - 1, batch_dims=2)

    np.testing.assert_allclose(layer(features, targets), expected, rtol=1e-5)


def test_tied_weights_are_the_embeddings_without_padding():
    embedding = keras.layers.Embedding(10, 4)
    embedding.build()
    layer = WordSoftmax(9, embedding=embedding)
    features = tf.random.stateless_normal([2, 3, 4], (1, 2))
    expected = tf.einsum("bti,vi->btv", features, embedding.embeddings[1:])

    np.testing.assert_allclose(layer(features), expected, rtol=1e-5, atol=1e-6)


def test_padding_gets_no_gradient():
    layer = WordSoftmax(9)
    features = tf.random.stateless_normal([1, 3, 4], (1, 2))
    with tf.GradientTape() as tape:
        tape.watch(features)
        nll = layer(features, tf.constant([[3, 0, 0]]), training=True)
    gradient = tape.gradient(nll, features).numpy()

    assert np.any(gradient[0, 0] != 0)
    np.testing.assert_array_equal(gradient[0, 1:], 0)
