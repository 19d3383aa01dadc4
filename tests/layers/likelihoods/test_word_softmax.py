"""The output layer over the vocabulary."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.layers import AdaptiveWordSoftmax, WordSoftmax


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


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("cutoffs", [None, [2], [2, 5]])
def test_an_adapted_layer_begins_with_the_words_frequencies(cutoffs, tied):
    counts = [90, 30, 0, 7, 1, 2, 0]
    embedding = None
    if tied:
        embedding = keras.layers.Embedding(8, 4)
        embedding.build()
    layer = (
        WordSoftmax(7, embedding)
        if cutoffs is None
        else AdaptiveWordSoftmax(7, cutoffs, embedding)
    )
    layer.build((None, None, 4))
    layer.adapt(counts)
    nll = layer(tf.zeros([1, 7, 4]), tf.range(1, 8)[None])

    expected = (np.array(counts) + 1) / (sum(counts) + 7)
    np.testing.assert_allclose(np.exp(-nll[0]), expected, rtol=1e-5)


@pytest.mark.parametrize("counts", [[1, 2], [1, 2, -1], [1, 2, np.nan], [[1, 2, 3]]])
def test_counts_that_do_not_fit_are_refused(counts):
    layer = WordSoftmax(3)
    layer.build((None, None, 2))
    with pytest.raises(ValueError, match="counts: give 3 numbers, one for each word"):
        layer.adapt(counts)
