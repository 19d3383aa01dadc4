"""The adaptive softmax equals a dense, slow one in float64."""

import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.ops.adaptive_softmax import adaptive_log_softmax, adaptive_softmax_nll

WIDTH, HEAD = 7, 5
TAILS = (4, 11, 2)
CLASSES = HEAD + sum(TAILS)


def make_weights(dtype, projected):
    """Returns head and tails with random weights."""
    rng = np.random.default_rng(0)

    def normal(*shape):
        return tf.constant(rng.normal(size=shape), dtype)

    rows = HEAD + len(TAILS)
    tails = [
        (normal(WIDTH, 3), normal(size, 3), normal(size))
        if projected
        else (None, normal(size, WIDTH), normal(size))
        for size in TAILS
    ]
    return (normal(rows, WIDTH), normal(rows)), tails


def make_features(dtype, rows=40):
    rng = np.random.default_rng(1)
    features = tf.constant(rng.normal(size=(rows, WIDTH)), dtype)
    # Some are padding, -1.
    classes = tf.constant(rng.integers(-4, CLASSES, rows).clip(-1), tf.int32)
    return features, classes


def dense_nll(features, head, tails, classes):
    """Returns the NLL from all probabilities of all rows, as the paper defines it."""
    first = tf.nn.softmax(features @ tf.transpose(head[0]) + head[1])
    columns = [first[:, :HEAD]]
    for index, (projection, kernel, bias) in enumerate(tails):
        own = features if projection is None else features @ projection
        within = tf.nn.softmax(own @ tf.transpose(kernel) + bias)
        columns.append(first[:, HEAD + index, None] * within)
    probabilities = tf.concat(columns, axis=1)
    picked = tf.gather(probabilities, tf.maximum(classes, 0), batch_dims=1)
    return tf.where(classes < 0, tf.zeros_like(picked), -tf.math.log(picked))


def value_and_gradients(loss, features, head, tails, weights):
    variables = [
        x for x in (features, *tf.nest.flatten([head, tails])) if x is not None
    ]
    with tf.GradientTape() as tape:
        tape.watch(variables)
        nll = loss(features, head, tails)
        total = tf.reduce_sum(weights * nll)
    gradients = tape.gradient(total, variables)
    return [tf.cast(x, tf.float64).numpy() for x in (nll, *gradients)]


def assert_equals_dense(features, classes, weights=1.0, projected=True, training=True):
    """Compares values and all gradients with those of the dense form in float64."""

    def adaptive(features, head, tails):
        return adaptive_softmax_nll(features, head, tails, classes, training)

    ours = value_and_gradients(
        adaptive,
        features,
        *make_weights(tf.float32, projected),
        tf.cast(weights, tf.float32),
    )
    expected = value_and_gradients(
        lambda *x: dense_nll(*x, classes),
        tf.cast(features, tf.float64),
        *make_weights(tf.float64, projected),
        tf.cast(weights, tf.float64),
    )

    assert len(ours) == 3 + len(TAILS) * (3 if projected else 2) + 1
    for one, other in zip(ours, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=2e-5)


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("projected", [True, False])
def test_values_and_gradients_equal_the_dense_ones(projected, training):
    features, classes = make_features(tf.float32)

    assert_equals_dense(features, classes, 1.0, projected, training)


def test_rows_may_have_different_weights():
    features, classes = make_features(tf.float32)
    weights = np.random.default_rng(2).normal(size=len(features))

    assert_equals_dense(features, classes, weights)


@pytest.mark.parametrize(
    "allowed",
    [range(HEAD), range(HEAD, HEAD + 4), [HEAD + 4], [CLASSES - 1], [-1]],
    ids=["head only", "first tail only", "edge of a tail", "last class", "padding"],
)
def test_clusters_may_be_empty_in_a_batch(allowed):
    features, _ = make_features(tf.float32, rows=6)
    classes = tf.constant(np.resize(list(allowed), 6), tf.int32)

    assert_equals_dense(features, classes)


@pytest.mark.parametrize("word", [0, HEAD - 1, HEAD, HEAD + 3, HEAD + 4, CLASSES - 1])
def test_a_single_row_at_each_edge_of_the_clusters(word):
    features, _ = make_features(tf.float32, rows=1)

    assert_equals_dense(features, tf.constant([word]))


@pytest.mark.parametrize("projected", [True, False])
def test_probabilities_of_all_classes_sum_to_one_and_are_those_of_the_loss(projected):
    features, classes = make_features(tf.float64)
    head, tails = make_weights(tf.float64, projected)
    log_p = adaptive_log_softmax(features, head, tails)
    nll = adaptive_softmax_nll(features, head, tails, classes, training=False)
    picked = tf.gather(log_p, tf.maximum(classes, 0), batch_dims=1)
    expected = -tf.where(classes < 0, tf.zeros_like(picked), picked)

    np.testing.assert_allclose(tf.reduce_sum(tf.exp(log_p), axis=1), 1.0, rtol=1e-12)
    np.testing.assert_allclose(nll, expected, rtol=1e-12)


def test_bfloat16_products_have_float32_sums():
    narrow, classes = make_features(tf.bfloat16)
    head, tails = make_weights(tf.float32, projected=True)
    nll = adaptive_softmax_nll(narrow, head, tails, classes, training=True)
    wide = tf.cast(narrow, tf.float32)
    expected = adaptive_softmax_nll(wide, head, tails, classes, training=False)

    assert nll.dtype == tf.float32
    np.testing.assert_allclose(nll, expected, rtol=0.03, atol=0.03)


def test_xla_gives_the_same_values_and_gradients():
    features, classes = make_features(tf.float32)
    head, tails = make_weights(tf.float32, projected=True)

    def run(features):
        with tf.GradientTape() as tape:
            tape.watch(features)
            nll = adaptive_softmax_nll(features, head, tails, classes, training=True)
        return nll, tape.gradient(nll, features)

    compiled = tf.function(run, jit_compile=True)
    for one, other in zip(compiled(features), run(features), strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-5)
