"""The closed form in three dimensions against 50 digits."""

import mpmath
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.distributions.numerics.polar_3d import polar_3d

# From one end of the draws to the other.
TAIL = np.array([2.0**-33, 1e-7, 1e-3, 0.16, 0.46, 0.5, 0.54, 0.84, 1 - 1e-3, 1 - 1e-7])


def exact(kappa, tail):
    """w where P(W > w) is the tail, sqrt(1 - w^2) and dw / dkappa."""
    with mpmath.workdps(50):
        kappa, tail = mpmath.mpf(float(kappa)), mpmath.mpf(float(tail))

        def quantile(k):
            return 1 + mpmath.log(1 - tail + tail * mpmath.exp(-2 * k)) / k

        w = quantile(kappa)
        slope = mpmath.diff(quantile, kappa, h=kappa * mpmath.mpf(10) ** -12)
        return [float(v) for v in (w, mpmath.sqrt((1 - w) * (1 + w)), slope)]


@pytest.mark.parametrize(
    "kappa", [1e-6, 1e-4, 1e-2, 0.5, 2.0, 10.0, 25.0, 300.0, 1e4, 1e7]
)
def test_quantile_and_its_derivative_are_exact_to_float32(kappa):
    kappa = tf.fill([len(TAIL)], tf.constant(kappa, tf.float32))
    with tf.GradientTape() as tape:
        tape.watch(kappa)
        w, s = polar_3d(kappa, tf.constant(TAIL))
    slope = tape.gradient(w, kappa)
    expected = np.array([exact(kappa[0], tail) for tail in TAIL]).T

    np.testing.assert_allclose(w, expected[0], atol=6e-8)
    np.testing.assert_allclose(s, expected[1], rtol=1.2e-7)
    np.testing.assert_allclose(slope, expected[2], rtol=2e-7, atol=1e-8)


def test_zero_concentration_is_uniform_and_has_a_derivative():
    kappa = tf.zeros([len(TAIL)])
    with tf.GradientTape() as tape:
        tape.watch(kappa)
        w, _ = polar_3d(kappa, tf.constant(TAIL))
    uniform = 1 - 2 * TAIL

    np.testing.assert_allclose(w, uniform, atol=6e-8)
    np.testing.assert_allclose(
        tape.gradient(w, kappa), (1 - uniform**2) / 2, rtol=1e-6, atol=1e-8
    )
