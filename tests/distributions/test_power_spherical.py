import mpmath
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp
from scipy import stats

from tests.reference.unit_vectors import unit_vectors
from tf_vmfvae.distributions import PowerSpherical, VonMisesFisher
from tf_vmfvae.distributions.numerics import gamma_ratio
from tf_vmfvae.distributions.numerics.normal_noise import standard_normal
from tf_vmfvae.distributions.numerics.polar import fixed_polar
from tf_vmfvae.distributions.numerics.quantile_table import POWER_SPHERICAL

tfd = tfp.distributions


def exact(dimension, kappa):
    """KL to uniform, its derivative and the digamma gap, by mpmath."""
    k, n = mpmath.mpf(kappa), mpmath.mpf(dimension - 1)

    def g(a):
        return mpmath.loggamma(a + k) - mpmath.loggamma(a) - k * mpmath.psi(0, a + k)

    slope = k * (mpmath.psi(1, n / 2 + k) - mpmath.psi(1, n + k))
    gap = mpmath.psi(0, n + k) - mpmath.psi(0, n / 2 + k)
    return g(n) - g(n / 2), slope, gap


@pytest.mark.parametrize("dimension", [2, 3, 10, 27, 50, 52, 1000, 100_000])
def test_float64_statistics_agree_with_mpmath_to_1e_12(dimension):
    rng = np.random.default_rng(dimension)
    points = np.append(10.0 ** np.arange(-6, 8, 2), 10 ** rng.uniform(-6, 7, 4))
    kappa = tf.constant(points)
    with tf.GradientTape() as tape:
        tape.watch(kappa)
        kl = gamma_ratio.kl_to_uniform(dimension, kappa)
    measured = kl, tape.gradient(kl, kappa), gamma_ratio.digamma_gap(dimension, kappa)
    with mpmath.workdps(60):
        for index, point in enumerate(points):
            for got, wanted in zip(measured, exact(dimension, point), strict=True):
                assert abs(float(mpmath.mpf(float(got[index])) / wanted - 1)) < 1e-12


def test_kl_is_zero_at_zero_concentration_and_nan_below():
    kl = gamma_ratio.kl_to_uniform(7, tf.constant([0.0, -1.0, np.nan], tf.float64))
    assert float(kl[0]) == 0
    assert np.all(np.isnan(kl[1:]))


def test_statistics_agree_with_tfp_in_float64():
    mu, z = unit_vectors([6], 1), unit_vectors([10, 6], 2)
    for kappa in (0.5, 20.0):
        ours, theirs = PowerSpherical(mu, kappa), tfd.PowerSpherical(mu, kappa)
        uniform = tfd.SphericalUniform(6, dtype=tf.float64)
        for a, b in (
            (ours.log_prob(z), theirs.log_prob(z)),
            (ours.entropy(), theirs.entropy()),
            (ours.mean(), theirs.mean()),
            (ours.covariance(), theirs.covariance()),
            (ours.kl_divergence(uniform), theirs.kl_divergence(uniform)),
            (ours._log_normalization(), theirs._log_normalization()),
            (
                ours.kl_divergence(VonMisesFisher(z[0], 3.0)),
                theirs.kl_divergence(tfd.VonMisesFisher(z[0], 3.0)),
            ),
        ):
            np.testing.assert_allclose(a, b, rtol=1e-9)
        np.testing.assert_allclose(ours.variance(), np.diag(ours.covariance()))


def test_density_vanishes_opposite_to_the_mean_direction():
    distribution = PowerSpherical([0.0, 1.0], 2.0)
    assert float(distribution.prob([0.0, -1.0])) == 0
    uniform = PowerSpherical([0.0, 1.0], 0.0)
    assert float(uniform.prob([0.0, -1.0])) == pytest.approx(0.5 / np.pi)


@pytest.mark.parametrize(("dimension", "kappa"), [(2, 1.0), (3, 10.0), (50, 80.0)])
def test_a_million_draws_pass_a_kolmogorov_smirnov_test(dimension, kappa):
    x = standard_normal([1_000_000], 2, tf.constant([dimension, 5]), tf.float32)[:, 0]
    w, _ = fixed_polar(POWER_SPHERICAL, dimension, kappa, x)
    half = (dimension - 1) / 2
    beta = stats.beta(half + kappa, half)
    assert stats.kstest((1 + w.numpy().astype("float64")) / 2, beta.cdf).pvalue > 1e-3


def test_gradient_of_the_sampled_mean_equals_that_of_the_exact_mean():
    count = 200_000
    kappa = tf.fill([count], tf.constant(5.0, tf.float64))
    mu = tf.constant([0.0, 0.0, 1.0], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(kappa)
        w = PowerSpherical(mu, kappa).sample(seed=[1, 2])[:, 2]
    draws = tape.gradient(w, kappa).numpy()
    expected = 2 / (5 + 2) ** 2
    assert abs(draws.mean() - expected) < 4 * draws.std() / np.sqrt(count)


def test_batch_shapes_broadcast():
    distribution = PowerSpherical(
        unit_vectors([3, 1, 6], dtype="float32"), tf.ones([4])
    )
    assert distribution.sample(2, seed=[0, 0]).shape == (2, 3, 4, 6)
    assert (
        distribution.entropy().shape
        == distribution.log_prob(distribution.mode()).shape
        == (3, 4)
    )
    assert distribution.kl_divergence(tfd.SphericalUniform(6)).shape == (3, 4)
    assert isinstance(distribution, tfd.PowerSpherical)
