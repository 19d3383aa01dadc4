"""KL divergences from and to power spherical distributions, by quadrature."""

import functools

import mpmath
import numpy as np
import pytest
import tensorflow as tf
from scipy import integrate, special

from tests.reference.von_mises_fisher import exact_moments
from tf_vmfvae.distributions import PowerSpherical, VonMisesFisher
from tf_vmfvae.distributions.numerics import bessel

OUTER = (np.arange(3000) + 0.5) * np.pi / 3000
FAMILIES = pytest.mark.parametrize("family", [VonMisesFisher, PowerSpherical])


def exponent(family, kappa, cosine):
    return kappa * (cosine if family is VonMisesFisher else np.log1p(cosine))


def mean_log(family, dimension, kappa, cosine):
    """Returns E[log(1 + nu'z)] by the midpoint rule in two angles."""
    if dimension == 2:
        angle = np.arccos(cosine)
        pole = -np.pi + angle

        def density(x):
            return np.exp(exponent(family, kappa, np.cos(x)) - top)

        top = exponent(family, kappa, 1.0)
        parts = ((-np.pi, pole), (pole, 0.0), (0.0, np.pi))
        sums = [
            [
                integrate.quad(f, *part, epsabs=1e-11, limit=200)[0]
                for f in (
                    density,
                    lambda x: density(x) * np.log(1 + np.cos(x - angle)),
                )
            ]
            for part in parts
        ]
        mass, total = np.sum(sums, axis=0)
        return total / mass
    log_density = exponent(family, kappa, np.cos(OUTER))
    log_density += (dimension - 2) * np.log(np.sin(OUTER))
    return special.softmax(log_density) @ mean_log_by_outer(dimension, cosine)


@functools.cache
def mean_log_by_outer(dimension, cosine):
    """Returns E[log(1 + nu'z)] given the outer angle, the same for every density."""
    inner = (np.arange(1000) + 0.5) * np.pi / 1000
    of_inner = special.softmax((dimension - 3) * np.log(np.sin(inner)))
    sine = np.sqrt(1 - cosine**2)
    along = cosine * np.cos(OUTER)[:, None]
    along = along + sine * np.sin(OUTER)[:, None] * np.cos(inner)
    return np.log1p(along) @ of_inner


@functools.cache
def log_partition(family, dimension, kappa):
    """Returns log E[exp(...)] under the uniform distribution."""
    if family is VonMisesFisher:
        return float(
            bessel.moments(dimension, tf.constant(kappa, tf.float64)).log_partition
        )
    with mpmath.workdps(40):
        half, k = mpmath.mpf(dimension - 1) / 2, mpmath.mpf(kappa)
        ratio = mpmath.loggamma(half + k) - mpmath.loggamma(half)
        ratio -= mpmath.loggamma(2 * half + k) - mpmath.loggamma(2 * half)
        return float(ratio + k * mpmath.log(2))


def pair(family, dimension, first, second, cosine, dtype="float64"):
    one, two = np.zeros([2, dimension], dtype)
    one[0], two[:2] = 1, [cosine, np.sqrt(1 - cosine**2)]
    a = family(tf.constant(one), tf.constant(first, dtype))
    return a, PowerSpherical(tf.constant(two), tf.constant(second, dtype))


@FAMILIES
@pytest.mark.parametrize("dimension", [2, 3, 4, 10, 300, 3072])
@pytest.mark.parametrize("cosine", [0.999, 0.4, -0.9])
def test_kl_for_different_directions_agrees_with_quadrature(family, dimension, cosine):
    points = ((0.3, 2.0), (1.0, 30.0), (40.0, 3.5), (1e4, 8.0))
    a, b = pair(family, dimension, *np.transpose(points), cosine)
    lengths, divergences = a.mean_resultant_length(), a.kl_divergence(b)
    for (first, second), length, kl in zip(points, lengths, divergences, strict=True):
        own = first * float(length)
        if family is PowerSpherical:
            rate = dimension - 1
            gap = mpmath.psi(0, rate + first) - mpmath.psi(0, rate / 2 + first)
            own = first * (np.log(2) - float(gap))
        own -= log_partition(family, dimension, first)
        other = second * mean_log(family, dimension, first, cosine)
        other -= log_partition(PowerSpherical, dimension, second)
        expected = pytest.approx(own - other, rel=1e-6, abs=3e-6)
        assert float(kl) == expected, (first, second)


@pytest.mark.parametrize("dimension", [2, 3, 27, 768, 100_000])
def test_kl_for_the_same_direction_agrees_with_mpmath(dimension):
    points = ((1e-3, 5.0), (1.0, 1.001), (80.0, 20.0), (1e4, 2e4), (1e8, 1e3))
    a, b = pair(PowerSpherical, dimension, *np.transpose(points), 1.0)
    for (first, second), kl in zip(points, a.kl_divergence(b), strict=True):
        with mpmath.workdps(60):
            n, k, q = (mpmath.mpf(x) for x in (dimension - 1, first, second))

            def to_uniform(k, n=n):
                return sum(
                    sign
                    * (
                        mpmath.loggamma(at + k)
                        - mpmath.loggamma(at)
                        - k * mpmath.psi(0, at + k)
                    )
                    for sign, at in ((1, n), (-1, n / 2))
                )

            def gap(k, n=n):
                return mpmath.psi(0, n + k) - mpmath.psi(0, n / 2 + k)

            exact = to_uniform(k) - to_uniform(q) + q * (gap(k) - gap(q))
        assert float(kl) == pytest.approx(float(exact), rel=1e-11)
    np.testing.assert_array_equal(a.kl_divergence(a), 0)


@pytest.mark.parametrize("dimension", [3, 768])
def test_kl_to_power_spherical_of_concentration_0_is_that_to_uniform(dimension):
    for family in (VonMisesFisher, PowerSpherical):
        a, b = pair(family, dimension, 7.0, 0.0, 0.3)
        expected = float(a._wide_kl_to_uniform())
        assert float(a.kl_divergence(b)) == pytest.approx(expected, rel=1e-12)


@FAMILIES
@pytest.mark.parametrize(
    "dimension",
    [
        2,
        pytest.param(3, marks=pytest.mark.slow),
        10,
        pytest.param(500, marks=pytest.mark.slow),
    ],
)
def test_kl_has_the_gradients_of_finite_differences(family, dimension):
    # An integer concentration, at which the series ends; one between; and a narrow one.
    points = np.array([(0.7, 3.0, 4.0), (2.5, 1.7, 0.6), (0.05, 1500.0, 900.0)])

    def kl(values):
        angle, first, second = tf.unstack(values, axis=-1)
        two = tf.stack([tf.cos(angle), tf.sin(angle)], axis=-1)
        two = tf.pad(two, [(0, 0)] * (two.shape.rank - 1) + [(0, dimension - 2)])
        one = tf.one_hot(0, dimension, dtype=tf.float64)
        return family(one, first).kl_divergence(PowerSpherical(two, second))

    values = tf.constant(points)
    with tf.GradientTape() as tape:
        tape.watch(values)
        divergence = kl(values)
    gradient = tape.gradient(divergence, values)
    steps = 1e-5 * points * np.eye(3)[:, None]
    difference = (kl(points + steps) - kl(points - steps)).numpy().T / (2e-5 * points)
    np.testing.assert_allclose(gradient, difference, rtol=1e-5)


@pytest.mark.parametrize("dimension", [2, 3, 50, 1000])
def test_kl_to_von_mises_fisher_agrees_with_mpmath_in_value_and_gradient(dimension):
    cosine = 0.3
    for first, second in ((0.3, 2.0), (1.0, 1e3), (80.0, 20.0), (1e4, 9e3)):
        kappas = tf.constant([first, second], tf.float64)
        one, two = pair(PowerSpherical, dimension, first, second, cosine)
        with tf.GradientTape() as tape:
            tape.watch(kappas)
            a = PowerSpherical(one.mean_direction, kappas[0])
            b = VonMisesFisher(two.mean_direction, kappas[1])
            kl = a.kl_divergence(b)
        gradient = tape.gradient(kl, kappas)
        of_b = exact_moments(dimension, second)
        length = first / (first + dimension - 1)
        to_uniform = float(a._wide_kl_to_uniform())
        exact = to_uniform - second * cosine * length + float(of_b["log_partition"])
        assert float(kl) == pytest.approx(exact, rel=1e-11)
        by_second = float(of_b["mean"]) - cosine * length
        assert float(gradient[1]) == pytest.approx(by_second, rel=1e-9)
        with mpmath.workdps(40):
            n, k = mpmath.mpf(dimension - 1), mpmath.mpf(first)
            by_first = k * (mpmath.psi(1, n / 2 + k) - mpmath.psi(1, n + k))
            by_first -= second * cosine * n / (k + n) ** 2
        assert float(gradient[0]) == pytest.approx(float(by_first), rel=1e-9)


@pytest.mark.slow
@FAMILIES
def test_kl_agrees_with_draws_for_a_broadcast_batch_and_under_xla(family):
    a, b = pair(family, 5, 6.0, 2.5, 0.2)
    z = a.sample(100_000, seed=[1, 2])
    ratio = (a.log_prob(z) - b.log_prob(z)).numpy()
    error = ratio.std() / np.sqrt(len(ratio))
    kl = float(a.kl_divergence(b))
    assert kl == pytest.approx(ratio.mean(), abs=4 * error)
    many = PowerSpherical(b.mean_direction, tf.constant([[2.5], [1.0]], tf.float64))
    wide = family(tf.tile(a.mean_direction[None], [3, 1]), a.concentration)
    compiled = tf.function(lambda: wide.kl_divergence(many), jit_compile=True)()
    assert compiled.shape == (2, 3)
    np.testing.assert_allclose(compiled[0], kl)


@FAMILIES
def test_kl_in_float32_and_of_invalid_parameters(family):
    a, b = pair(family, 10, 20.0, 30.0, 0.5, "float32")
    exact, other = pair(family, 10, 20.0, 30.0, 0.5)
    kl = a.kl_divergence(b)
    assert kl.dtype == tf.float32
    assert float(kl) == pytest.approx(float(exact.kl_divergence(other)), rel=1e-6)
    # A negative, a missing, and a concentration too large for the series.
    for kappa in (-1.0, np.nan, 1e9):
        assert np.isnan(a.copy(concentration=kappa).kl_divergence(b))
    assert np.isnan(a.kl_divergence(b.copy(concentration=-1.0)))
    off = b.copy(mean_direction=2 * b.mean_direction)
    assert np.isnan(a.kl_divergence(off))


@FAMILIES
def test_kl_between_different_dimensions_is_refused(family):
    a, b = pair(family, 4, 1.0, 1.0, 0.5)[0], pair(family, 5, 1.0, 1.0, 0.5)[1]
    with pytest.raises(ValueError, match="one sphere, got dimensions 4 and 5"):
        a.kl_divergence(b)
