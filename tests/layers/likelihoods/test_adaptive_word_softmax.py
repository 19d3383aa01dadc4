"""The output layer over a large vocabulary."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.layers import AdaptiveWordSoftmax

FEATURES = np.random.default_rng(0).normal(size=(2, 3, 8)).astype("float32")
TARGETS = tf.constant([[3, 9, 0], [1, 4, 0]])


def make_layer(tied):
    embedding = keras.layers.Embedding(10, 8) if tied else None
    return AdaptiveWordSoftmax(9, [3, 5], embedding=embedding)


@pytest.mark.parametrize("tied", [True, False])
@pytest.mark.parametrize("training", [True, False])
def test_the_loss_is_that_of_the_log_probabilities(tied, training):
    layer = make_layer(tied)
    log_p = layer(FEATURES).numpy()
    picked = tf.gather(log_p, tf.maximum(TARGETS - 1, 0), batch_dims=2)

    np.testing.assert_allclose(np.exp(log_p).sum(-1), 1.0, rtol=1e-5)
    nll = layer(FEATURES, TARGETS, training=training)
    np.testing.assert_allclose(nll, np.where(TARGETS, -picked, 0), rtol=1e-5)


def test_tied_tails_rank_their_words_by_their_embeddings():
    layer = make_layer(tied=True)
    log_p = layer(FEATURES).numpy()
    scores = FEATURES @ layer.embedding.embeddings.numpy()[1:].T

    for cluster in (slice(0, 3), slice(3, 5), slice(5, 9)):
        difference = log_p[..., cluster] - scores[..., cluster]
        np.testing.assert_allclose(np.ptp(difference, axis=-1), 0.0, atol=1e-5)


def test_the_embedding_has_a_gradient_for_all_words_but_padding():
    layer = make_layer(tied=True)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(FEATURES, TARGETS, training=True))
    gradient = tape.gradient(loss, layer.embedding.embeddings.value)

    changed = np.any(tf.convert_to_tensor(gradient).numpy() != 0, axis=-1)
    # No target is in the tail of the words 4 and 5 but 4 itself.
    np.testing.assert_array_equal(changed, [False] + [True] * 9)


def test_untied_tails_are_narrower():
    layer = make_layer(tied=False)
    layer(FEATURES)

    assert [tuple(x.shape) for x in layer.tail_projections] == [(8, 2), (8, 1)]
    assert [tuple(x.shape) for x in layer.tail_kernels] == [(2, 2), (4, 1)]


@pytest.mark.parametrize(
    "cutoffs", [[], [0], [9], [10], [5, 3], [3, 3], [2.5], 3, None, ["3"], [-1, 4]]
)
def test_cutoffs_that_leave_a_cluster_empty_are_refused(cutoffs):
    with pytest.raises(ValueError, match=r"cutoffs is .*below 9"):
        AdaptiveWordSoftmax(9, cutoffs)


def test_every_word_may_be_a_cluster():
    layer = AdaptiveWordSoftmax(4, np.array([1, 2, 3]))
    log_p = layer(FEATURES).numpy()

    np.testing.assert_allclose(np.exp(log_p).sum(-1), 1.0, rtol=1e-5)
