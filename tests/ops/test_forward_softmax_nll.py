"""The NLL in blocks equals TensorFlow's, with and without its gradient."""

import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.ops import forward_softmax_nll as module
from tf_vmfvae.ops.forward_softmax_nll import forward_softmax_nll
from tf_vmfvae.ops.softmax_nll import plain_softmax_nll


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(module, "BLOCK_ROWS", 8)
    monkeypatch.setattr(module, "BLOCK_LOGITS", 1)


def problem(rows, dtype=tf.float32):
    rng = np.random.default_rng(0)
    features = tf.constant(3 * rng.normal(size=(rows, 5)), dtype)
    kernel = tf.constant(rng.normal(size=(13, 5)), tf.float32)
    bias = tf.constant(rng.normal(size=13), tf.float32)
    # Some rows are padding, -1.
    classes = tf.constant(rng.integers(-4, 13, rows).clip(-1), tf.int32)
    return features, kernel, bias, classes


def value_and_gradients(loss, features, kernel, bias, classes):
    weights = tf.range(1.0, 1.0 + len(features))
    with tf.GradientTape() as tape:
        tape.watch((features, kernel, bias))
        nll = loss(features, kernel, bias, classes)
        total = tf.reduce_sum(weights * nll)
    return nll, *tape.gradient(total, (features, kernel, bias))


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("rows", [0, 1, 7, 8, 9, 40])
def test_values_and_gradients_equal_the_plain_ones(rows, compiled):
    run = tf.function(value_and_gradients) if compiled else value_and_gradients
    ours = run(forward_softmax_nll, *problem(rows))
    theirs = value_and_gradients(plain_softmax_nll, *problem(rows))

    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=1e-4)


def test_the_number_of_rows_may_be_unknown():
    specs = [tf.TensorSpec([None, *x.shape[1:]], x.dtype) for x in problem(3)]
    specs[1:3] = [tf.TensorSpec(x.shape, x.dtype) for x in problem(3)[1:3]]
    run = tf.function(forward_softmax_nll, input_signature=specs)

    for rows in (0, 3, 30):
        expected = plain_softmax_nll(*problem(rows))
        np.testing.assert_allclose(run(*problem(rows)), expected, rtol=2e-5, atol=1e-5)


def test_bfloat16_products_have_float32_sums():
    narrow = problem(20, tf.bfloat16)
    expected = plain_softmax_nll(tf.cast(narrow[0], tf.float32), *narrow[1:])
    nll = forward_softmax_nll(*narrow)

    assert nll.dtype == tf.float32
    np.testing.assert_allclose(nll, expected, rtol=0.03, atol=0.03)


def test_large_logits_do_not_overflow():
    kernel = tf.constant([[1000.0], [-1000.0]])
    nll = forward_softmax_nll(
        tf.ones([2, 1]), kernel, tf.zeros([2]), tf.constant([0, 1])
    )

    np.testing.assert_allclose(nll, [0.0, 2000.0])
