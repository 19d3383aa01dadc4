"""The output layer over the vocabulary."""

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae.layers import WordSoftmax


def test_training_and_evaluation_give_the_same_loss():
    layer = WordSoftmax(9)
    features = tf.random.stateless_normal([2, 3, 4], (1, 2))
    targets = tf.constant([[3, 9, 0], [1, 0, 0]])

    one, other = (layer(features, targets, training=flag) for flag in (True, False))
    np.testing.assert_allclose(one, other, rtol=1e-5)
    assert np.all(one.numpy()[targets.numpy() == 0] == 0)


def test_the_loss_is_the_nll_of_the_logits():
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


def test_padding_has_no_gradient():
    layer = WordSoftmax(9)
    features = tf.random.stateless_normal([1, 3, 4], (1, 2))
    with tf.GradientTape() as tape:
        tape.watch(features)
        nll = layer(features, tf.constant([[3, 0, 0]]), training=True)
    gradient = tape.gradient(nll, features).numpy()

    assert np.any(gradient[0, 0] != 0)
    np.testing.assert_array_equal(gradient[0, 1:], 0)
