import mpmath
import numpy as np
import pytest
import tensorflow as tf

from tests.reference.von_mises_fisher import exact_moments
from tf_vmfvae.distributions.numerics import bessel


def relative_error(measured, exact):
    return abs(float((mpmath.mpf(float(measured)) - exact) / exact))


def random_points():
    rng = np.random.default_rng(20)
    return [
        (int(2 * 50_000 ** rng.uniform()), float(10 ** rng.uniform(-6, 7)))
        for _ in range(25)
    ]


GRID = [
    (dimension, kappa)
    for dimension in (2, 3, 4, 25, 50, 51, 52, 100, 1000, 100_000)
    for kappa in (1e-6, 1e-2, 1.0, 24.9, 25.1, 80.0, 1e4, 1e7)
]


@pytest.mark.parametrize(
    "points", [GRID, random_points()], ids=["grid", "random points"]
)
def test_float64_moments_agree_with_mpmath_to_1e_12(points):
    for dimension, kappa in points:
        exact = exact_moments(dimension, kappa)
        values = bessel.moments(dimension, tf.constant(kappa, tf.float64))
        errors = {
            "log_partition": relative_error(
                values.log_partition, exact["log_partition"]
            ),
            "mean": relative_error(values.mean, exact["mean"]),
            "deficit": relative_error(values.deficit, 1 - exact["mean"]),
            "variance": relative_error(values.variance, exact["variance"]),
            "kl": relative_error(values.kl, exact["kl"]),
        }
        worst = max(errors, key=errors.get)
        assert errors[worst] < 1e-12, (dimension, kappa, worst, errors[worst])


@pytest.mark.parametrize("dimension", [2, 3, 50, 51, 52, 53, 100_000])
def test_moments_are_monotone_finite_and_not_negative(dimension):
    kappa = np.concatenate([[0.0], np.geomspace(1e-6, 1e7, 4001)])
    near_joint = 25 + np.linspace(-1e-3, 1e-3, 201)
    for points in (kappa, near_joint):
        values = bessel.moments(dimension, tf.constant(points))
        for name in ("log_partition", "mean", "kl"):
            value = getattr(values, name).numpy()
            assert np.all(np.isfinite(value)), name
            assert np.all(value >= 0), name
            slack = 1e-13 * np.abs(value[1:])
            assert np.all(np.diff(value) >= -slack), name
        assert np.all(values.variance.numpy() > 0)


def test_zero_concentration_gives_exactly_the_uniform_distribution():
    for dimension in (2, 50, 1000):
        values = bessel.moments(dimension, tf.constant(0.0, tf.float64))
        assert float(values.log_partition) == 0
        assert float(values.mean) == 0
        assert float(values.kl) == 0
        assert float(values.variance) == pytest.approx(1 / dimension, rel=1e-15)


def test_negative_and_nan_concentrations_give_nan():
    kappa = tf.constant([-1.0, np.nan], tf.float64)
    for dimension in (3, 100):
        for value in bessel.moments(dimension, kappa):
            assert np.all(np.isnan(value))


@pytest.mark.parametrize("dimension", [3, 51, 60])
def test_each_derivative_equals_the_next_moment(dimension):
    kappa = tf.constant([0.0, 1e-3, 2.0, 24.0, 40.0, 1e5], tf.float64)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(kappa)
        values = bessel.moments(dimension, kappa)
    np.testing.assert_array_equal(
        tape.gradient(values.log_partition, kappa), values.mean
    )
    np.testing.assert_array_equal(tape.gradient(values.mean, kappa), values.variance)
    np.testing.assert_array_equal(
        tape.gradient(values.kl, kappa), kappa * values.variance
    )
    np.testing.assert_allclose(
        tape.gradient(values.log_partition_deficit, kappa), values.deficit, atol=1e-15
    )


def test_second_derivatives_agree_with_finite_differences():
    for dimension, kappa in ((3, 5.0), (3, 60.0), (80, 50.0)):
        k = tf.constant(kappa, tf.float64)
        with tf.GradientTape() as outer:
            outer.watch(k)
            with tf.GradientTape() as inner:
                inner.watch(k)
                kl = bessel.moments(dimension, k).kl
            slope = inner.gradient(kl, k)
        second = float(outer.gradient(slope, k))
        step = 1e-4 * kappa
        ends = kappa + step * np.array([-1.0, 1.0])
        values = bessel.moments(dimension, tf.constant(ends))
        slopes = ends * values.variance.numpy()
        assert second == pytest.approx(np.diff(slopes)[0] / (2 * step), rel=1e-6)


@pytest.mark.parametrize("dimension", [2, 50, 52, 1000])
def test_bregman_divergence_and_its_derivatives_agree_with_mpmath(dimension):
    for first in (0.01, 1.0, 24.0, 1e3, 1e6):
        for factor in (1e-3, 0.5, 1 + 1e-7, 2.9, 3.1, 1e3):
            second = first * factor
            a, b = tf.constant(first, tf.float64), tf.constant(second, tf.float64)
            with tf.GradientTape() as tape:
                tape.watch([a, b])
                value = bessel.bregman(dimension, a, b)
            by_first, by_second = tape.gradient(value, [a, b])
            one = exact_moments(dimension, first)
            two = exact_moments(dimension, second)
            with mpmath.workdps(60):
                step = mpmath.mpf(second) - mpmath.mpf(first)
                exact = two["log_partition"] - one["log_partition"]
                exact -= one["mean"] * step
                assert relative_error(value, exact) < 1e-12
                assert relative_error(by_first, -step * one["variance"]) < 1e-12
                assert relative_error(by_second, two["mean"] - one["mean"]) < 1e-12


def test_bregman_divergence_at_zero_and_at_equal_concentrations():
    zero, one = tf.constant(0.0, tf.float64), tf.constant(1.0, tf.float64)
    assert float(bessel.bregman(5, zero, zero)) == 0
    assert float(bessel.bregman(5, one, one)) == 0
    values = bessel.moments(5, one)
    assert float(bessel.bregman(5, zero, one)) == pytest.approx(
        float(values.log_partition), rel=1e-13
    )
    assert float(bessel.bregman(5, one, zero)) == pytest.approx(
        float(values.kl), rel=1e-13
    )


@pytest.mark.parametrize("dimension", [2, 10, 1000, 100_000])
def test_inverse_mean_inverts_the_mean(dimension):
    kappa = np.geomspace(1e-2, 1e7, 40)
    values = bessel.moments(dimension, tf.constant(kappa))
    # A deficit near 1 has few digits of a small mean.
    kept = values.mean.numpy() > 1e-3
    found = bessel.inverse_mean(dimension, values.deficit).numpy()
    np.testing.assert_allclose(found[kept], kappa[kept], rtol=1e-11)


def test_inverse_mean_is_infinite_at_0_and_zero_at_1():
    ends = bessel.inverse_mean(5, tf.constant([0.0, 1.0], tf.float64))
    assert float(ends[0]) == np.inf
    assert float(ends[1]) == 0


@pytest.mark.parametrize("dimension", [1, 0, -3, 2.5, True])
def test_a_dimension_that_is_not_a_whole_number_of_at_least_2_is_refused(dimension):
    with pytest.raises(ValueError, match="dimension must be a whole number"):
        bessel.check_dimension(dimension)
