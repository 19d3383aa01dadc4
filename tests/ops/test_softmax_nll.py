"""The blockwise loss and its gradients equal those of TensorFlow's own operations."""

import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.ops import softmax_nll as module
from tf_vmfvae.ops.softmax_nll import plain_softmax_nll, softmax_nll


def _problem(scale=1.0, rows=37, dtype=tf.float32):
    rng = np.random.default_rng(0)
    features = tf.constant(scale * rng.normal(size=(rows, 11)), dtype)
    kernel = tf.constant(rng.normal(size=(53, 11)), tf.float32)
    bias = tf.constant(rng.normal(size=53), tf.float32)
    # A fifth of the rows are padding.
    classes = tf.constant(rng.integers(-13, 53, rows).clip(-1), tf.int32)
    weights = tf.constant(rng.normal(size=rows), tf.float32)
    return features, kernel, bias, classes, weights


def _value_and_gradients(loss, features, kernel, bias, classes, weights):
    with tf.GradientTape() as tape:
        tape.watch((features, kernel, bias))
        nll = loss(features, kernel, bias, classes)
        total = tf.reduce_sum(weights * nll)
    gradients = tape.gradient(total, (features, kernel, bias))
    return [tf.cast(x, tf.float32) for x in (nll, *gradients)]


@pytest.fixture(params=["one block", "blocks"])
def _blocks(request, monkeypatch):
    if request.param == "blocks":
        monkeypatch.setattr(module, "LARGE_VOCABULARY", 1)


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("weights", ["one", "equal", "different"])
@pytest.mark.parametrize("scale", [1e-3, 1.0, 30.0])
def test_loss_and_gradients_equal_the_plain_ones(scale, weights, compiled):
    *problem, different = _problem(scale)
    ones = tf.ones_like(different)
    weights = {"one": ones, "equal": 0.3 * ones, "different": different}[weights]
    run = tf.function(_value_and_gradients) if compiled else _value_and_gradients
    ours = run(softmax_nll, *problem, weights)
    theirs = _value_and_gradients(plain_softmax_nll, *problem, weights)

    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-5 * scale + 1e-6)


@pytest.mark.usefixtures("_blocks")
@pytest.mark.parametrize("rows", [1, 2, 3, 5])
def test_there_may_be_fewer_rows_than_blocks(rows):
    *problem, _ = _problem(rows=rows)
    ours = _value_and_gradients(softmax_nll, *problem, tf.ones([rows]))
    theirs = _value_and_gradients(plain_softmax_nll, *problem, tf.ones([rows]))

    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-5)


def test_rows_of_padding_have_no_loss_and_no_gradient():
    features, kernel, bias, classes, weights = _problem()
    results = _value_and_gradients(
        softmax_nll, features, kernel, bias, tf.fill(tf.shape(classes), -1), weights
    )

    for result in results:
        np.testing.assert_array_equal(result, tf.zeros_like(result))


def test_the_weight_of_padding_does_not_matter():
    *problem, _ = _problem()
    weights = tf.where(problem[-1] < 0, 7.0, 1.0)
    ours = _value_and_gradients(softmax_nll, *problem, weights)
    theirs = _value_and_gradients(plain_softmax_nll, *problem, tf.ones_like(weights))

    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-5)


def test_xla_gives_the_same_loss_and_gradients():
    *problem, weights = _problem()
    run = tf.function(_value_and_gradients, jit_compile=True)
    ours = run(softmax_nll, *problem, weights)
    theirs = _value_and_gradients(plain_softmax_nll, *problem, weights)

    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=2e-5)


def test_bfloat16_products_have_float32_sums():
    *narrow, weights = _problem(dtype=tf.bfloat16)
    wide = [tf.cast(x, tf.float32) for x in narrow[:3]]
    nll, *gradients = _value_and_gradients(softmax_nll, *narrow, weights)
    expected, *others = _value_and_gradients(
        plain_softmax_nll, *wide, narrow[3], weights
    )

    np.testing.assert_allclose(nll, expected, rtol=0.02, atol=0.02)
    for one, other in zip(gradients, others, strict=True):
        error = np.linalg.norm(one - other) / np.linalg.norm(other)
        assert error < 0.02


def test_bfloat16_keeps_the_small_gradient_of_a_well_predicted_word():
    # Each word has the probability 0.9995. The rest, 0.0005, is smaller than the
    # distance between bfloat16 numbers near 1.
    kernel = tf.constant([[1.0], [-1.0]])
    rows = 1_000
    problem = tf.fill([rows, 1], 3.8), kernel, tf.zeros([2])
    rest = tf.fill([rows], 0), tf.ones([rows])
    narrow = tf.cast(problem[0], tf.bfloat16), *problem[1:]
    ours = _value_and_gradients(softmax_nll, *narrow, *rest)
    theirs = _value_and_gradients(plain_softmax_nll, *problem, *rest)

    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=0.03)


def test_large_logits_do_not_overflow():
    kernel = tf.constant([[1000.0], [-1000.0]])
    nll = softmax_nll(tf.ones([2, 1]), kernel, tf.zeros([2]), tf.constant([0, 1]))

    np.testing.assert_allclose(nll, [0.0, 2000.0])
