import mpmath
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.distributions.numerics import half_line

CENTRES = [-300.0, -30.0, -5.0, -1.0, 0.0, 0.3, 2.0, 8.0, 40.0, 1000.0]


def log_integral(power, centre):
    """Returns the logarithm by the parabolic cylinder function `D`."""
    a = mpmath.mpf(centre)
    function = mpmath.pcfd(-power - 1, -a)
    return mpmath.log(mpmath.factorial(power)) - a**2 / 4 + mpmath.log(function)


def moment(power, centre, order):
    """Returns the mean of `t^order`."""
    ratio = log_integral(power + order, centre) - log_integral(power, centre)
    return mpmath.exp(ratio)


@pytest.mark.parametrize("power", [1, 2, 3, 9, 24, 49, 199])
def test_moments_are_those_of_mpmath(power):
    found = half_line.moments(power, tf.constant(CENTRES, tf.float64))
    with mpmath.workdps(60):
        exact = [float(log_integral(power, a)) for a in CENTRES]
        squares = [float(moment(power, a, 2)) for a in CENTRES]
        spreads = [
            float(moment(power, a, 2) - 2 * a * moment(power, a, 1) + a**2)
            for a in CENTRES
        ]
    np.testing.assert_allclose(found.log_integral, exact, rtol=1e-11, atol=1e-9)
    np.testing.assert_allclose(found.mean_square, squares, rtol=1e-9)
    np.testing.assert_allclose(found.spread, spreads, rtol=1e-8)


@pytest.mark.parametrize("power", [1, 4, 49])
def test_derivatives_are_those_of_differences(power):
    centre = tf.constant(CENTRES[2:-1], tf.float64)
    step = 1e-4
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(centre)
        found = half_line.moments(power, centre)
    above, below = (half_line.moments(power, centre + s) for s in (step, -step))
    for name in found._fields:
        exact = tape.gradient(getattr(found, name), centre)
        slope = (getattr(above, name) - getattr(below, name)) / (2 * step)
        np.testing.assert_allclose(exact, slope, rtol=1e-5, atol=1e-5)


def test_far_from_the_origin_the_density_is_normal():
    centre = tf.constant([1e4, 1e8], tf.float64)
    found = half_line.moments(49, centre)
    # t^49 is almost constant where the normal density is not 0.
    normal = 49 * np.log(centre) + 0.5 * np.log(2 * np.pi)
    np.testing.assert_allclose(found.log_integral, normal, atol=2e-5)
    np.testing.assert_allclose(found.spread, 1.0, atol=1e-4)
