import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp
from scipy import stats

from tests.reference.unit_vectors import unit_vectors
from tests.reference.von_mises_fisher import (
    PROMISE,
    exact_moments,
    worst_errors,
)
from tf_vmfvae.distributions import VonMisesFisher, kl_to_uniform

tfd = tfp.distributions


@pytest.mark.parametrize(
    ("dimension", "kappa", "kl"),
    [
        (25, 100.0, 18.8024770),
        (50, 80.0, 19.5152079),
        (50, 50.0, 12.1051111),
        (100, 1.0, 0.0049992649),
    ],
)
def test_kl_to_uniform_has_the_published_values(dimension, kappa, kl):
    assert float(kl_to_uniform(dimension, kappa)) == pytest.approx(kl, rel=1e-8)
    vmf = VonMisesFisher(unit_vectors([dimension], dtype="float32"), kappa)
    uniform = tfd.SphericalUniform(dimension)
    assert float(vmf.kl_divergence(uniform)) == pytest.approx(kl, rel=1e-6)


def test_kl_to_uniform_keeps_shape_and_dtype():
    assert kl_to_uniform(5, 1.0).dtype == tf.float64
    kappa = tf.ones([2, 3], tf.float32)
    kl = kl_to_uniform(5, kappa)
    assert kl.dtype == tf.float32
    assert kl.shape == (2, 3)


def test_kl_to_uniform_of_a_number_is_known_while_a_graph_is_built():
    @tf.function(autograph=False)
    def graph():
        return tf.constant(float(kl_to_uniform(50, 80.0)))

    assert float(graph()) == pytest.approx(19.5152079, rel=1e-7)


@pytest.mark.parametrize("dtype", [tf.float32, tf.float64])
def test_statistics_agree_with_mpmath_to_the_promised_accuracy(dtype):
    points = [
        (2, [1e-6, 1.0, 30.0, 1e7]),
        (50, [1e-6, 0.1, 80.0, 1e5]),
        (512, [0.1, 1.0, 700.0]),
        (100_000, [1e-3, 1e4, 1e7]),
    ]
    worst = worst_errors(VonMisesFisher, dtype, points)
    for name, (error, dimension, kappa) in worst.items():
        assert error <= PROMISE[dtype], (name, dimension, kappa, error)


def test_kl_is_never_negative_in_float32():
    for dimension in (2, 100, 512, 100_000):
        kappa = tf.constant(np.geomspace(1e-6, 1e7, 500), tf.float32)
        kl = kl_to_uniform(dimension, kappa).numpy()
        assert np.all(kl > 0)
        assert np.all(np.diff(kl) >= 0)


@pytest.mark.parametrize("dimension", [2, 3, 5, 30])
def test_density_agrees_with_scipy(dimension):
    mu, z = unit_vectors([dimension], 1), unit_vectors([20, dimension], 2)
    for kappa in (0.3, 5.0, 200.0):
        vmf = VonMisesFisher(mu, tf.constant(kappa, tf.float64))
        np.testing.assert_allclose(
            vmf.log_prob(z),
            stats.vonmises_fisher(mu, kappa).logpdf(z),
            rtol=1e-10,
            atol=1e-10,
        )
        assert float(vmf.entropy()) == pytest.approx(
            stats.vonmises_fisher(mu, kappa).entropy(), rel=1e-10, abs=1e-10
        )


def test_density_is_accurate_near_the_mode_of_a_narrow_distribution():
    mu = np.array([1.0, 0.0, 0.0])
    z = np.array([np.cos(1e-4), np.sin(1e-4), 0.0])
    wide = VonMisesFisher(mu, 1e7)
    narrow = VonMisesFisher(mu.astype("float32"), 1e7)
    difference = wide.log_prob(z) - wide.log_prob(mu)
    assert float(difference) == pytest.approx(-0.05, rel=1e-6)
    assert float(narrow.log_prob(z.astype("float32"))) == pytest.approx(
        float(wide.log_prob(z)), rel=1e-6
    )


def test_density_has_the_analytic_derivatives():
    mu, z = tf.constant(unit_vectors([4], 1)), tf.constant(unit_vectors([4], 2))
    kappa = tf.constant(3.0, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([z, kappa])
        vmf = VonMisesFisher(mu, kappa)
        log_prob = vmf.log_prob(z)
    by_z, by_kappa = tape.gradient(log_prob, [z, kappa])
    np.testing.assert_allclose(by_z, kappa * mu, rtol=1e-12)
    expected = tf.reduce_sum(mu * z) - vmf.mean_resultant_length()
    assert float(by_kappa) == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("dimension", [2, 4, 50, 300])
def test_kl_between_two_distributions_agrees_with_the_formula_by_mpmath(dimension):
    one, two = unit_vectors([dimension], 1), unit_vectors([dimension], 2)
    for first, second in ((6.0, 2.5), (0.1, 40.0), (300.0, 200.0), (5.0, 1e-3)):
        a = VonMisesFisher(one, tf.constant(first, tf.float64))
        b = VonMisesFisher(two, tf.constant(second, tf.float64))
        of_a, of_b = exact_moments(dimension, first), exact_moments(dimension, second)
        cosine = float(one @ two)
        # E_a[kappa_a mu_a'z - kappa_b mu_b'z], plus the difference of log-partitions.
        exact = (first - second * cosine) * of_a["mean"]
        exact += of_b["log_partition"] - of_a["log_partition"]
        assert float(a.kl_divergence(b)) == pytest.approx(float(exact), rel=1e-11)


def test_kl_between_two_distributions_agrees_with_monte_carlo():
    a = VonMisesFisher(unit_vectors([4], 1), tf.constant(6.0, tf.float64))
    b = VonMisesFisher(unit_vectors([4], 2), tf.constant(2.5, tf.float64))
    z = a.sample(100_000, seed=[1, 2])
    ratio = (a.log_prob(z) - b.log_prob(z)).numpy()
    error = ratio.std() / np.sqrt(len(ratio))
    assert float(a.kl_divergence(b)) == pytest.approx(ratio.mean(), abs=4 * error)


def test_kl_between_close_distributions_is_accurate_in_float32():
    mu = unit_vectors([50], 3, "float32")
    a, b = VonMisesFisher(mu, 80.0), VonMisesFisher(mu, 80.001)
    variance = exact_moments(50, 80.0)["variance"]
    step = float(np.float32(80.001)) - 80.0
    expected = float(variance) * step**2 / 2
    assert float(a.kl_divergence(b)) == pytest.approx(expected, rel=1e-4)
    assert float(a.kl_divergence(a)) == 0


def test_kl_between_different_dimensions_is_refused():
    a, b = (VonMisesFisher(unit_vectors([d]), 1.0) for d in (4, 5))
    with pytest.raises(ValueError, match="one sphere, got dimensions 4 and 5"):
        a.kl_divergence(b)
    with pytest.raises(ValueError, match="one sphere, got dimensions 4 and 5"):
        a.kl_divergence(tfd.SphericalUniform(5, dtype=tf.float64))


def test_moments_agree_with_draws():
    mu = unit_vectors([5], 4)
    vmf = VonMisesFisher(mu, 4.0)
    z = vmf.sample(200_000, seed=[5, 6]).numpy()
    np.testing.assert_allclose(vmf.mean(), z.mean(axis=0), atol=0.005)
    np.testing.assert_allclose(vmf.covariance(), np.cov(z.T), atol=0.005)
    np.testing.assert_allclose(vmf.variance(), np.diag(vmf.covariance()), rtol=1e-12)
    np.testing.assert_allclose(vmf.mode(), mu)


def test_shapes_broadcast_as_for_any_distribution():
    vmf = VonMisesFisher(unit_vectors([3, 1, 6], dtype="float32"), tf.ones([4]))
    assert vmf.batch_shape == (3, 4)
    assert vmf.event_shape == (6,)
    assert vmf.sample(seed=[0, 0]).shape == (3, 4, 6)
    assert vmf.sample([2, 5], seed=[0, 0]).shape == (2, 5, 3, 4, 6)
    for statistic in (vmf.entropy, vmf.mean_resultant_length):
        assert statistic().shape == (3, 4)
    assert vmf.mean().shape == vmf.mode().shape == vmf.variance().shape == (3, 4, 6)
    assert vmf.covariance().shape == (3, 4, 6, 6)
    assert vmf.log_prob(vmf.sample(2, seed=[0, 0])).shape == (2, 3, 4)
    assert vmf.kl_divergence(tfd.SphericalUniform(6)).shape == (3, 4)
    assert vmf.kl_divergence(vmf).shape == (3, 4)
    assert vmf[1].batch_shape == (4,)
    assert vmf[..., 2].sample(seed=[0, 0]).shape == (3, 6)


def test_copies_and_composite_tensors_give_the_same_distribution():
    vmf = VonMisesFisher(unit_vectors([3], dtype="float32"), 7.0)
    assert float(vmf.copy(concentration=2.0).concentration) == 2
    np.testing.assert_allclose(
        vmf.copy().sample(4, seed=[1, 1]), vmf.sample(4, seed=[1, 1])
    )

    @tf.function
    def through(distribution):
        return distribution.sample(4, seed=[1, 1]), distribution

    z, back = through(vmf)
    np.testing.assert_allclose(z, vmf.sample(4, seed=[1, 1]), atol=1e-5)
    assert isinstance(back, VonMisesFisher)
    assert isinstance(vmf, tfd.VonMisesFisher)
    assert vmf.reparameterization_type == tfd.FULLY_REPARAMETERIZED


@pytest.mark.parametrize("dimension", [2, 10, 1000])
def test_fit_recovers_the_parameters(dimension):
    mu = unit_vectors([2, dimension], 5)
    kappa = np.array([dimension / 2, 3.0 * dimension])
    z = VonMisesFisher(mu, kappa).sample(4000, seed=[7, 8])
    fitted = VonMisesFisher.fit(z)
    assert fitted.batch_shape == (2,)
    cosine = np.sum(fitted.mean_direction * mu, axis=-1)
    assert np.all(cosine > 0.97)
    np.testing.assert_allclose(fitted.concentration, kappa, rtol=0.1)


def test_fit_is_the_maximum_of_the_likelihood():
    z = VonMisesFisher(unit_vectors([6], 1), 12.0).sample(200, seed=[3, 3])
    fitted = VonMisesFisher.fit(z)
    kappa = tf.Variable(fitted.concentration)
    with tf.GradientTape() as tape:
        distribution = VonMisesFisher(fitted.mean_direction, kappa)
        likelihood = tf.reduce_mean(distribution.log_prob(z))
    assert abs(float(tape.gradient(likelihood, kappa))) < 1e-12
    experimental = VonMisesFisher.experimental_fit(z)
    assert float(experimental.concentration) == float(fitted.concentration)


def test_fit_of_one_point_is_infinitely_concentrated():
    z = tf.constant([[0.6, 0.8]] * 3, tf.float64)
    assert float(VonMisesFisher.fit(z).concentration) > 1e15


OFF_THE_SPHERE = [[2.0, 0.0], [0.0, 0.0], [0.6, 0.81], [np.nan, 1.0], [np.inf, 0.0]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_fitting_vectors_off_the_sphere_gives_nan_or_an_error(dtype):
    # A fit for each of them, together with two good samples.
    z = np.array([[[1.0, 0.0]] * 5, [[0.0, 1.0]] * 5, OFF_THE_SPHERE], dtype)
    for fit in (VonMisesFisher.fit, VonMisesFisher.experimental_fit):
        bad = fit(z)
        assert np.isnan(bad.concentration).all()
        assert np.isnan(bad.mean_direction).all()
    for number in range(5):
        with pytest.raises(tf.errors.InvalidArgumentError, match="`samples` must be u"):
            VonMisesFisher.fit(z[:, number], validate_args=True)
    with pytest.raises(tf.errors.InvalidArgumentError, match="must be unit-length"):
        VonMisesFisher.experimental_fit(z, validate_args=True)


def test_a_fit_in_a_graph_checks_its_samples_as_it_runs():
    @tf.function
    def fit(z):
        return VonMisesFisher.fit(z, validate_args=True).concentration

    assert float(fit(np.eye(3))) > 0
    with pytest.raises(tf.errors.InvalidArgumentError, match="`samples` must be unit"):
        fit(2 * np.eye(3))


def test_a_bad_sample_does_not_affect_the_other_fits_of_a_batch():
    good = unit_vectors([5, 3], 1)
    fitted = VonMisesFisher.fit(np.stack([good, 2 * good, good], axis=1))
    np.testing.assert_array_equal(np.isnan(fitted.concentration), [False, True, False])
    alone = VonMisesFisher.fit(good)
    assert float(fitted.concentration[2]) == float(alone.concentration)


def test_fit_accepts_rounding_errors():
    z = unit_vectors([20, 4], 2, "float32")
    fitted = VonMisesFisher.fit(z * np.float32(1 + 2e-6), validate_args=True)
    expected = VonMisesFisher.fit(z).concentration
    assert float(fitted.concentration) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize(
    "z", [[[0.6, 0.8], [-0.6, -0.8]], np.concatenate([np.eye(3), -np.eye(3)])]
)
def test_fitting_samples_with_mean_zero_gives_the_uniform_distribution(z):
    fitted = VonMisesFisher.fit(z, validate_args=True)
    assert float(fitted.concentration) == 0
    np.testing.assert_array_equal(fitted.mean_direction[:2], [1, 0])


@pytest.mark.parametrize(
    ("z", "sample_ndims", "message"),
    [
        (np.zeros([0, 3]), 1, r"samples must not be empty, got shape \(0, 3\)"),
        (np.zeros([2, 0, 3]), 2, "samples must not be empty"),
        (np.array([1.0, 0.0]), 1, r"must have rank 2 or more .*, got shape \(2,\)"),
        (np.eye(3), 2, r"must have rank 3 or more .*, got shape \(3, 3\)"),
        (1.0, 1, r"got shape \(\)"),
        (np.ones([4, 1]), 1, "samples must have at least 2 coordinates, got 1"),
        (np.eye(3, dtype=int), 1, "samples must have a floating dtype, got int64"),
        (np.eye(3), 0, "sample_ndims must be at least 1, got 0"),
    ],
)
def test_samples_of_the_wrong_shape_or_dtype_are_refused(z, sample_ndims, message):
    with pytest.raises(ValueError, match=message):
        VonMisesFisher.fit(z, sample_ndims)


def test_fit_works_in_a_graph_for_any_number_of_samples():
    fit = tf.function(
        lambda z: VonMisesFisher.fit(z).concentration,
        input_signature=[tf.TensorSpec([None, 3], tf.float64)],
    )
    z = unit_vectors([9, 3], 3)
    assert float(fit(z)) == pytest.approx(float(VonMisesFisher.fit(z).concentration))
    assert np.isnan(fit(np.zeros([0, 3])))
