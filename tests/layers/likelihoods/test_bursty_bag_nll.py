"""The likelihood of an urn, its limits and its gradient."""

import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers

PAIRS = np.array([[[1, 2], [3, 1]], [[2, 40], [0, 0]], [[0, 0], [0, 0]]], "int32")
BOTH_WORDS = [(i, j) for i in range(1, 5) for j in range(1, 5)]
LOGITS = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")


def test_a_large_urn_gives_the_likelihood_of_the_softmax():
    counts = layers.WordCounts(4)(PAIRS[:1])
    nll = layers.BurstyBagNLL(1e4)(LOGITS[:1], PAIRS[:1])

    np.testing.assert_allclose(nll, layers.BagNLL()(LOGITS[:1], counts), rtol=1e-3)


def test_probabilities_of_all_bags_of_two_words_sum_to_one():
    rows = [[[i, 2], [0, 0]] if i == j else [[i, 1], [j, 1]] for i, j in BOTH_WORDS]
    logits = np.repeat(LOGITS[:1], len(rows), axis=0)
    nll = layers.BurstyBagNLL(2.0)(logits, np.array(rows, "int32"))

    assert np.exp(-nll).sum() == pytest.approx(1.0, rel=1e-5)


def test_an_almost_impossible_word_has_a_finite_nll_and_gradient():
    logits = tf.constant([[0.0, -150.0, 0.0, 0.0]])
    layer = layers.BurstyBagNLL(10.0)
    with tf.GradientTape() as tape:
        tape.watch(logits)
        nll = layer(logits, PAIRS[1:2])

    # Only the first of the forty is a surprise.
    assert 150 < float(nll[0]) < 250
    gradient = tape.gradient(nll, logits)
    np.testing.assert_allclose(gradient, [[1 / 3, -1, 1 / 3, 1 / 3]], atol=1e-5)


def test_empty_rows_have_an_nll_of_0():
    assert float(layers.BurstyBagNLL(10.0)(LOGITS, PAIRS)[2]) == pytest.approx(0)


def test_each_bag_may_have_several_codes():
    more = np.random.default_rng(1).normal(size=(3, 4)).astype("float32")
    counts = layers.WordCounts(4)(PAIRS)
    for layer, bags in [(layers.BurstyBagNLL(10.0), PAIRS), (layers.BagNLL(), counts)]:
        both = layer(np.concatenate([LOGITS, more]), bags)
        separate = tf.concat([layer(LOGITS, bags), layer(more, bags)], axis=0)
        np.testing.assert_allclose(both, separate, rtol=1e-5)


@pytest.mark.parametrize("concentration", [0.0, -1.0, float("inf"), float("nan")])
def test_an_invalid_concentration_is_refused(concentration):
    with pytest.raises(ValueError, match="must be a positive, finite number"):
        layers.BurstyBagNLL(concentration)
