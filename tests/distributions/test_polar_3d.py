"""The closed form in three dimensions against 50 digits."""

import mpmath
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.distributions.polar_3d import polar_3d

X = np.array([-6.7, -5.0, -3.0, -1.0, -0.1, 0.0, 0.1, 1.0, 3.0, 5.0, 6.7], "float32")


def exact(kappa, x):
    """The quantile w at Phi(x), sqrt(1 - w^2) and dw / dkappa."""
    with mpmath.workdps(50):
        kappa, u = mpmath.mpf(float(kappa)), mpmath.ncdf(mpmath.mpf(float(x)))

        def quantile(k):
            return 1 + mpmath.log(u + (1 - u) * mpmath.exp(-2 * k)) / k

        w = quantile(kappa)
        slope = mpmath.diff(quantile, kappa, h=kappa * mpmath.mpf(10) ** -12)
        return [float(v) for v in (w, mpmath.sqrt((1 - w) * (1 + w)), slope)]


@pytest.mark.parametrize(
    "kappa", [1e-6, 5e-5, 2e-4, 1e-2, 0.5, 2.0, 10.0, 24.9, 25.1, 300.0, 1e4, 1e7]
)
def test_quantile_and_its_derivative_are_exact_to_float32(kappa):
    kappa = tf.fill([len(X)], tf.constant(kappa, tf.float32))
    with tf.GradientTape() as tape:
        tape.watch(kappa)
        w, s = polar_3d(kappa, tf.constant(X))
    slope = tape.gradient(w, kappa)
    expected = np.array([exact(kappa[0], x) for x in X]).T

    np.testing.assert_allclose(w, expected[0], atol=6e-8)
    np.testing.assert_allclose(s, expected[1], rtol=1.2e-7)
    np.testing.assert_allclose(slope, expected[2], rtol=2e-7)


def test_no_concentration_is_the_uniform_law_and_has_a_derivative():
    kappa = tf.zeros([len(X)])
    with tf.GradientTape() as tape:
        tape.watch(kappa)
        w, _ = polar_3d(kappa, tf.constant(X))
    uniform = np.array([float(2 * mpmath.ncdf(float(x)) - 1) for x in X])

    np.testing.assert_allclose(w, uniform, atol=6e-8)
    np.testing.assert_allclose(
        tape.gradient(w, kappa), (1 - uniform**2) / 2, rtol=1e-5, atol=1e-12
    )
