"""What the fits of both distributions have in common, and power spherical's own."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import optimize, special

from tests.reference.unit_vectors import unit_vectors
from tf_vmfvae.distributions import PowerSpherical, VonMisesFisher
from tf_vmfvae.distributions.numerics import gamma_ratio

BOTH = pytest.mark.parametrize("distribution", [VonMisesFisher, PowerSpherical])


SLOW_DIMENSIONS = [pytest.param(d, marks=pytest.mark.slow) for d in (10, 100, 768)]


def log_likelihood(distribution, z, weights=None):
    return np.average(distribution.log_prob(z), weights=weights)


def best_by_scipy(z, weights, start):
    """Returns the highest mean log-likelihood that SciPy finds in all coordinates.

    Relative to the uniform distribution, by gamma functions: (1 + w) / 2 is Beta.
    """
    half, shares = (z.shape[1] - 1) / 2, weights / weights.sum()

    def loss(parameters):
        length, kappa = np.linalg.norm(parameters[:-1]), np.exp(parameters[-1])
        unit = parameters[:-1] / length
        cosines = z @ unit
        log_share = shares @ np.log1p(cosines) - np.log(2)
        value = kappa * log_share + special.betaln(half, half)
        value -= special.betaln(half + kappa, half)
        by_unit = kappa * (shares / (1 + cosines)) @ z
        by_unit -= (by_unit @ unit) * unit
        gap = special.digamma(2 * half + kappa) - special.digamma(half + kappa)
        return -value, -np.append(by_unit / length, kappa * (log_share + gap))

    options = {"maxiter": 500, "ftol": 1e-15, "gtol": 1e-10}
    found = optimize.minimize(loss, start, jac=True, method="L-BFGS-B", options=options)
    return -found.fun


@pytest.mark.parametrize("dimension", [2, 3, *SLOW_DIMENSIONS, 3072])
@pytest.mark.parametrize("kappa", [1.0, 30.0, 1e4])
def test_power_spherical_fit_is_as_likely_as_the_optimum_that_scipy_finds(
    dimension, kappa
):
    mu = unit_vectors([dimension], dimension)
    z = PowerSpherical(mu, kappa).sample(300, seed=[dimension, 2]).numpy()
    weights = np.random.default_rng(1).uniform(size=300)
    fitted = PowerSpherical.fit(z, weights=weights)
    near = fitted.mean_direction + 0.1 * mu
    found = max(
        best_by_scipy(z, weights, np.append(start, np.log(kappa)))
        for start in (near, mu, weights @ z)
    )
    uniform = PowerSpherical(fitted.mean_direction, 0.0)
    gained = log_likelihood(fitted, z, weights) - log_likelihood(uniform, z, weights)
    assert gained == pytest.approx(found, abs=1e-6)


@pytest.mark.parametrize("dimension", [2, 3, 50, 3072])
@pytest.mark.parametrize("kappa", [1.0, 30.0, 1e4])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_power_spherical_fit_recovers_the_parameters(dimension, kappa, dtype):
    mu = unit_vectors([dimension], 3, dtype)
    rows = 1000
    z = PowerSpherical(mu, kappa).sample(rows, seed=[5, dimension])
    fitted = PowerSpherical.fit(z)
    assert fitted.dtype == dtype
    assert log_likelihood(fitted, z) > log_likelihood(PowerSpherical(mu, kappa), z)
    if kappa * rows < 50 * dimension:
        return
    assert float(fitted.concentration) == pytest.approx(kappa, rel=0.2)
    # 1 - cosine is about half a chi-square over the samples' information.
    rate = dimension - 1
    information = rows * kappa**2 / (2 * kappa + rate)
    turned = float(tf.reduce_sum((fitted.mean_direction - mu) ** 2) / 2)
    assert turned < 6 * rate / information


def test_inverse_of_the_digamma_gap_has_full_precision():
    kappa = tf.constant([1e-3, 0.5, 7.0, 1e4, 1e9], tf.float64)
    for dimension in (2, 3, 50, 3072):
        gap = gamma_ratio.digamma_gap(dimension, kappa)
        found = gamma_ratio.inverse_digamma_gap(dimension, gap)
        np.testing.assert_allclose(found, kappa, rtol=1e-8)
        np.testing.assert_allclose(found[1:], kappa[1:], rtol=1e-12)


def test_slope_of_the_digamma_gap_is_its_derivative():
    kappa = tf.constant([0.0, 0.5, 7.0, 1e4], tf.float64)
    for dimension in (2, 3, 50, 100, 3072):
        with tf.GradientTape() as tape:
            tape.watch(kappa)
            gap = gamma_ratio.digamma_gap(dimension, kappa)
        slope = gamma_ratio.digamma_gap_slope(dimension, kappa)
        np.testing.assert_allclose(slope, tape.gradient(gap, kappa), rtol=1e-11)


@pytest.mark.parametrize("z", [np.eye(4), np.concatenate([np.eye(3), -np.eye(3)])])
def test_power_spherical_fit_of_symmetric_samples_is_finite(z):
    fitted = PowerSpherical.fit(z, validate_args=True)
    assert np.isfinite(log_likelihood(fitted, z))
    uniform = PowerSpherical(fitted.mean_direction, 0.0)
    assert log_likelihood(fitted, z) >= log_likelihood(uniform, z)


def test_evenly_spaced_samples_are_almost_uniform():
    # Evenly spaced: wherever the mean direction is, some samples are opposite to it.
    angle = np.arange(200) * 2 * np.pi / 200
    z = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    assert float(PowerSpherical.fit(z).concentration) < 0.05


@BOTH
def test_copies_of_one_sample_are_infinitely_concentrated(distribution):
    z = tf.constant([[0.6, 0.8]] * 3, tf.float64)
    assert float(distribution.fit(z).concentration) > 1e15


@BOTH
def test_a_whole_weight_counts_as_that_many_samples(distribution):
    z = unit_vectors([6, 3], 1)
    z[:, 2] += 2
    z /= np.linalg.norm(z, axis=-1, keepdims=True)
    weights = np.array([0, 1, 2, 3, 1, 0])
    fitted = distribution.fit(z, weights=weights)
    repeated = distribution.fit(np.repeat(z, weights, axis=0))
    np.testing.assert_allclose(fitted.mean_direction, repeated.mean_direction)
    np.testing.assert_allclose(fitted.concentration, repeated.concentration)


@BOTH
def test_a_batch_of_fits_equals_one_fit_at_a_time(distribution):
    z = unit_vectors([4, 5, 2, 3], 7)
    weights = np.random.default_rng(2).uniform(size=[4, 5, 2])
    batch = distribution.fit(z, 2, weights=weights)
    shared = distribution.fit(z, 2, weights=weights[..., 0])
    assert batch.batch_shape == shared.batch_shape == (2,)
    for number in range(2):
        rows, one = z[:, :, number].reshape(20, 3), weights[:, :, number].ravel()
        alone = distribution.fit(rows, weights=one)
        for name in ("concentration", "mean_direction"):
            value = getattr(alone, name)
            np.testing.assert_allclose(getattr(batch, name)[number], value, atol=1e-9)
    np.testing.assert_allclose(shared.concentration[0], batch.concentration[0])


OFF_THE_SPHERE = [[2.0, 0.0], [0.0, 0.0], [0.6, 0.81], [np.nan, 1.0], [np.inf, 0.0]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_power_spherical_refuses_vectors_off_the_sphere(dtype):
    z = np.array([[[1.0, 0.0]] * 5, [[0.0, 1.0]] * 5, OFF_THE_SPHERE], dtype)
    for fit in (PowerSpherical.fit, PowerSpherical.experimental_fit):
        bad = fit(z)
        assert np.isnan(bad.concentration).all()
        assert np.isnan(bad.mean_direction).all()
    for number in range(5):
        with pytest.raises(tf.errors.InvalidArgumentError, match="`samples` must be u"):
            PowerSpherical.fit(z[:, number], validate_args=True)
    good = np.stack([z[:2, 0], z[:2, 1] * 2, z[:2, 2]], axis=1)
    concentration = PowerSpherical.fit(good).concentration
    np.testing.assert_array_equal(np.isnan(concentration), [False, True, False])


@pytest.mark.parametrize("weights", [[1.0, -1.0, 1.0], [0.0] * 3, [1.0, np.nan, 1.0]])
@BOTH
def test_weights_that_make_no_sense_give_nan_or_an_error(distribution, weights):
    fitted = distribution.fit(np.eye(3), weights=weights)
    assert np.isnan(fitted.concentration)
    assert np.isnan(fitted.mean_direction).all()
    with pytest.raises(tf.errors.InvalidArgumentError, match="`weights` must be non-n"):
        distribution.fit(np.eye(3), weights=weights, validate_args=True)


@pytest.mark.parametrize("shape", [(), (2,), (3, 3), (1, 3)])
@BOTH
def test_weights_of_another_shape_are_refused(distribution, shape):
    with pytest.raises(ValueError, match=r"weights must have .* shape \(3,\), got "):
        distribution.fit(np.eye(3), weights=np.ones(shape))


@pytest.mark.parametrize(
    ("z", "sample_ndims", "message"),
    [
        (np.zeros([0, 3]), 1, r"samples must not be empty, got shape \(0, 3\)"),
        (np.array([1.0, 0.0]), 1, r"must have rank 2 or more .*, got shape \(2,\)"),
        (np.ones([4, 1]), 1, "samples must have at least 2 coordinates, got 1"),
        (np.eye(3, dtype=int), 1, "samples must have a floating dtype, got int64"),
        (np.eye(3), 0, "sample_ndims must be at least 1, got 0"),
    ],
)
def test_power_spherical_refuses_samples_of_the_wrong_shape(z, sample_ndims, message):
    with pytest.raises(ValueError, match=message):
        PowerSpherical.fit(z, sample_ndims)


@BOTH
def test_fit_works_in_a_graph_for_any_number_of_samples(distribution):
    fit = tf.function(
        lambda z, weights: distribution.fit(z, weights=weights).concentration,
        input_signature=[
            tf.TensorSpec([None, 3], tf.float64),
            tf.TensorSpec([None], tf.float64),
        ],
    )
    z = unit_vectors([9, 3], 3)
    expected = distribution.fit(z).concentration
    assert float(fit(z, np.ones(9))) == pytest.approx(float(expected))
    assert np.isnan(fit(np.zeros([0, 3]), np.zeros(0)))
