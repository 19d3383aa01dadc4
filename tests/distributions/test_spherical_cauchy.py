import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp
from scipy import special, stats

from tests.reference import spherical_cauchy
from tests.reference.angle_cdf import angle_cdf
from tests.reference.unit_vectors import unit_vectors
from tf_vmfvae.distributions import SphericalCauchy, VonMisesFisher, kl_to_uniform
from tf_vmfvae.distributions.numerics import moebius_moments

tfd = tfp.distributions

DIMENSIONS = [2, 3, 5, 25, 50, 200, 512, 100_000]
# Exact in float32, so that one reference serves both dtypes.
CONCENTRATIONS = [2.0**-20, 0.3125, 1 - 2.0**-10, 1 - 2.0**-20]
DRAWS = 100_000


def basis(dimension, dtype="float64"):
    return np.append(np.ones(1, dtype), np.zeros(dimension - 1, dtype))


@pytest.mark.parametrize("dimension", DIMENSIONS)
def test_statistics_agree_with_mpmath_in_value_and_gradient(dimension):
    exact = [spherical_cauchy.exact(dimension, rho) for rho in CONCENTRATIONS]
    for dtype, tolerance in ((tf.float64, 1e-13), (tf.float32, 1e-6)):
        rho = tf.constant(CONCENTRATIONS, dtype)
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(rho)
            law = SphericalCauchy(basis(dimension, dtype.as_numpy_dtype), rho)
            kl = law.kl_divergence(tfd.SphericalUniform(dimension, dtype=dtype))
            mean = law.mean_resultant_length()
        for name, measured in (
            ("kl", kl),
            ("kl_slope", tape.gradient(kl, rho)),
            ("mean", mean),
            ("mean_slope", tape.gradient(mean, rho)),
        ):
            wanted = [float(getattr(values, name)) for values in exact]
            np.testing.assert_allclose(measured, wanted, rtol=tolerance, err_msg=name)


@pytest.mark.parametrize("dimension", [2, 3, 5])
def test_deficit_and_variance_keep_their_digits_however_narrow(dimension):
    exact = [spherical_cauchy.exact(dimension, rho) for rho in CONCENTRATIONS]
    rho = tf.constant(CONCENTRATIONS, tf.float64)
    deficit, variance = moebius_moments.deficit_and_variance(dimension, rho)
    wanted = [float(1 - values.mean) for values in exact]
    np.testing.assert_allclose(deficit, wanted, rtol=1e-13)
    wanted = [float(values.variance) for values in exact]
    np.testing.assert_allclose(variance, wanted, rtol=1e-13)


@pytest.mark.parametrize("dimension", [2, 3, 50, 512, 100_000])
def test_nothing_is_nan_or_negative_in_the_whole_domain(dimension):
    rho = np.concatenate([[0.0], np.geomspace(1e-6, 0.5, 60)])
    rho = np.concatenate([rho, 1 - np.geomspace(0.49, 1e-6, 60)])
    mu = basis(dimension, "float32")
    concentration = tf.constant(rho, tf.float32)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(concentration)
        law = SphericalCauchy(mu, concentration)
        kl = law.kl_divergence(tfd.SphericalUniform(dimension))
        mean, log_peak, log_opposite = law.mean()[..., 0], *map(law.log_prob, (mu, -mu))
        z = law.sample(seed=[1, 2])
        w = z[..., 0]
    for value in (kl, mean, law.variance(), w):
        gradient = tape.gradient(value, concentration) if value is not kl else None
        assert np.all(np.isfinite(value))
        assert gradient is None or np.all(np.isfinite(gradient))
    for value in (log_peak, log_opposite):
        assert np.all(np.isfinite(value))
        assert np.all(np.isfinite(tape.gradient(value, concentration)))
    assert np.all(np.isfinite(z))
    assert np.all(np.diff(kl) > 0)
    assert float(kl[0]) == 0
    assert np.all(np.diff(mean) >= 0)
    assert float(mean[0]) == 0
    slopes = tape.gradient(kl, concentration)
    assert np.all(slopes[1:] > 0)
    assert float(slopes[0]) == 0
    assert np.all(law.variance() >= 0)


def test_density_on_the_circle_is_the_wrapped_cauchy_density_of_scipy():
    angle = np.linspace(0, 2 * np.pi, 50, endpoint=False)
    z = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    for rho in (0.01, 0.5, 0.999):
        law = SphericalCauchy([1.0, 0.0], tf.constant(rho, tf.float64))
        np.testing.assert_allclose(
            law.prob(z), stats.wrapcauchy.pdf(angle, rho), rtol=1e-10
        )


@pytest.mark.parametrize("dimension", [3, 50])
def test_density_is_that_of_the_paper(dimension):
    mu, z = unit_vectors([dimension], 1), unit_vectors([20, dimension], 2)
    for rho in (0.0, 0.3, 0.99):
        half = dimension / 2
        expected = special.gammaln(half) - np.log(2) - half * np.log(np.pi)
        bottom = 1 + rho**2 - 2 * rho * (z @ mu)
        expected = expected + (dimension - 1) * np.log((1 - rho**2) / bottom)
        np.testing.assert_allclose(
            SphericalCauchy(mu, rho).log_prob(z), expected, rtol=1e-12
        )


def test_density_keeps_its_digits_close_to_the_mode_in_float32():
    rho, distance = 0.999, 1e-3
    z = np.array([1.0, distance, 0.0])
    z /= np.linalg.norm(z)
    law = SphericalCauchy(basis(3, "float32"), tf.constant(rho))
    rho = float(np.float32(rho))
    square = np.sum((z - basis(3)) ** 2)
    expected = 2 * np.log((1 - rho**2) / ((1 - rho) ** 2 + rho * square))
    expected -= np.log(4 * np.pi)
    assert float(law.log_prob(z.astype("float32"))) == pytest.approx(expected, rel=1e-6)


def test_moments_agree_with_those_of_draws():
    mu, rho = unit_vectors([4], 3), 0.5
    law = SphericalCauchy(mu, rho)
    z = law.sample(DRAWS, seed=[3, 4]).numpy()
    error = 5 / np.sqrt(DRAWS)
    np.testing.assert_allclose(law.mean(), z.mean(axis=0), atol=error)
    np.testing.assert_allclose(law.covariance(), np.cov(z.T), atol=error)
    np.testing.assert_allclose(law.variance(), np.diag(law.covariance()), rtol=1e-12)
    np.testing.assert_allclose(
        law.entropy(), -law.log_prob(z).numpy().mean(), atol=0.02
    )
    np.testing.assert_array_equal(law.mode(), mu)


@pytest.mark.parametrize(
    ("dimension", "kappa", "means", "deviations", "low"),
    [
        (3, 80.0, (0.976, 0.988), (0.093, 0.012), (-0.40, 0.91)),
        (25, 100.0, (0.885, 0.887), (0.046, 0.033), (0.65, 0.76)),
        (50, 80.0, (0.738, 0.738), (0.066, 0.052), (0.47, 0.55)),
    ],
)
def test_tails_are_as_much_heavier_than_von_mises_fisher_tails_as_documented(
    dimension, kappa, means, deviations, low
):
    mu = basis(dimension)
    rho = SphericalCauchy.concentration_of_kl(
        dimension, kl_to_uniform(dimension, kappa)
    )
    laws = SphericalCauchy(mu, rho), VonMisesFisher(mu, kappa)
    for index, law in enumerate(laws):
        along, _ = law._principal_variances()
        w = law.sample(DRAWS, seed=[1, 2])[:, 0]
        assert float(law.mean_resultant_length()) == pytest.approx(
            means[index], abs=6e-4
        )
        assert float(along) ** 0.5 == pytest.approx(deviations[index], abs=6e-4)
        assert np.quantile(w, 0.001) == pytest.approx(low[index], abs=0.04)


@pytest.mark.parametrize(
    ("dimension", "rho"),
    [(2, 0.0), (2, 0.9), (3, 0.5), (5, 0.99), (25, 0.6), (50, 0.45), (512, 0.2)],
)
def test_draws_are_distributed_right_about_any_mean_direction(dimension, rho):
    mu = unit_vectors([dimension], 3, "float32")
    draws = min(DRAWS, 10_000_000 // dimension)
    z = SphericalCauchy(mu, rho).sample(draws, seed=[11, dimension]).numpy()
    w = z.astype("float64") @ mu
    cdf = angle_cdf(
        lambda w: -(dimension - 1) * np.log((1 - rho) ** 2 + 2 * rho * (1 - w)),
        dimension,
    )
    tangent = z - w[:, np.newaxis] * mu
    length = np.linalg.norm(tangent, axis=-1, keepdims=True)
    assert stats.kstest(np.arctan2(length[:, 0], w), cdf).pvalue > 1e-3
    # The part orthogonal to the mean direction is uniform on its own sphere.
    orthogonal = np.linalg.svd(mu[np.newaxis])[2][1:]
    coordinates = (tangent / length) @ orthogonal.T
    size = dimension - 1
    assert np.abs(coordinates.mean(axis=0)).max() < 5 / np.sqrt(draws * size)
    assert abs(np.corrcoef(coordinates[:, 0], w)[0, 1]) < 5 / np.sqrt(draws)
    if size > 1:
        half = (size - 1) / 2
        share = (1 + coordinates[:, 0]) / 2
        assert stats.kstest(share, stats.beta(half, half).cdf).pvalue > 1e-3


@pytest.mark.parametrize(
    ("dimension", "rho"), [(2, 0.5), (3, 0.9), (25, 0.6), (50, 0.45), (200, 0.3)]
)
def test_gradient_of_the_sampled_mean_is_that_of_the_exact_mean(dimension, rho):
    draws = 50_000
    concentration = tf.fill([draws], tf.constant(rho))
    with tf.GradientTape() as tape:
        tape.watch(concentration)
        law = SphericalCauchy(basis(dimension, "float32"), concentration)
        w = law.sample(seed=[dimension, 2])[:, 0]
    slopes = tape.gradient(w, concentration).numpy().astype("float64")
    expected = float(spherical_cauchy.exact(dimension, rho).mean_slope)
    assert abs(slopes.mean() - expected) < 4 * slopes.std() / np.sqrt(draws)


def test_kl_between_two_agrees_with_draws():
    mu, nu = unit_vectors([2, 6], 4)
    a, b = SphericalCauchy(mu, 0.5), SphericalCauchy(nu, 0.3)
    z = a.sample(DRAWS, seed=[5, 6])
    for other in (b, VonMisesFisher(nu, 4.0), SphericalCauchy(mu, 0.9)):
        ratio = (a.log_prob(z) - other.log_prob(z)).numpy()
        error = 4 * ratio.std() / np.sqrt(DRAWS)
        assert abs(float(a.kl_divergence(other)) - ratio.mean()) < error
    assert float(a.kl_divergence(b)) == pytest.approx(float(b.kl_divergence(a)))
    assert float(a.kl_divergence(a)) == 0
    uniform = SphericalCauchy(nu, 0.0)
    expected = float(a.kl_divergence(tfd.SphericalUniform(6, dtype=tf.float64)))
    assert float(a.kl_divergence(uniform)) == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("dimension", [2, 50])
def test_kl_between_two_on_one_axis_adds_their_distances(dimension):
    # The Moebius map of `b` to the uniform distribution shifts artanh(rho).
    first, second = 1 - 1e-5, 0.999
    mu = basis(dimension)
    for cosine, sign in ((1, -1), (-1, 1)):
        a, b = SphericalCauchy(mu, first), SphericalCauchy(cosine * mu, second)
        moved = (first + sign * second) / (1 + sign * first * second)
        expected = moebius_moments.kl_to_uniform(
            dimension, tf.constant(moved, tf.float64)
        )
        np.testing.assert_allclose(a.kl_divergence(b), expected, rtol=1e-9)


def test_kl_between_two_has_the_gradients_of_finite_differences():
    turn = unit_vectors([3], 8)

    def kl(values):
        mu = tf.math.l2_normalize(basis(3) + values[2] * turn)
        a = SphericalCauchy(mu, values[0])
        return a.kl_divergence(SphericalCauchy(unit_vectors([3], 7), values[1]))

    values = tf.constant([0.6, 0.2, 0.1], tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(values)
        divergence = kl(values)
    step = 1e-6 * np.eye(3)
    differences = [(kl(values + s) - kl(values - s)) / 2e-6 for s in step]
    np.testing.assert_allclose(
        tape.gradient(divergence, values), differences, rtol=1e-7
    )


@pytest.mark.parametrize("dimension", [2, 3, 50, 512, 100_000])
def test_the_concentration_of_a_kl_has_that_kl(dimension):
    kappas = np.append(0.0, np.geomspace(1e-3, 1e9, 25))
    kl = tf.stack([kl_to_uniform(dimension, kappa) for kappa in kappas])
    rho = moebius_moments.concentration_of_kl(dimension, kl)
    assert float(rho[0]) == 0
    # Close to 1, the rounding of the concentration itself shows.
    tolerance = 1e-13 + 1e-15 / (1 - rho.numpy())
    again = moebius_moments.kl_to_uniform(dimension, rho)
    assert np.all(np.abs(again - kl) <= tolerance * kl)


def test_the_concentration_of_a_number_of_nats_is_a_number_in_a_graph_too():
    def concentration(kl):
        return SphericalCauchy.concentration_of_kl(3, kl)

    in_graph = []
    tf.function(lambda: in_graph.append(concentration(2.0)))()
    assert float(in_graph[0]) == float(concentration(2.0))
    narrow = concentration(tf.constant([2.0, -1.0, np.nan]))
    assert narrow.dtype == tf.float32
    np.testing.assert_allclose(narrow[0], concentration(2.0), rtol=1e-6)
    assert np.all(np.isnan(narrow[1:]))
    with pytest.raises(ValueError, match="dimension must be a whole number"):
        SphericalCauchy.concentration_of_kl(1, 2.0)


def test_batch_shapes_broadcast_and_can_be_sliced():
    law = SphericalCauchy(unit_vectors([3, 1, 6], dtype="float32"), tf.fill([4], 0.3))
    assert law.sample(2, seed=[0, 0]).shape == (2, 3, 4, 6)
    assert law.mean().shape == law.mode().shape == law.variance().shape == (3, 4, 6)
    assert law.entropy().shape == law.log_prob(law.mode()).shape == (3, 4)
    assert law.kl_divergence(tfd.SphericalUniform(6)).shape == (3, 4)
    assert law.kl_divergence(law).shape == (3, 4)
    assert law[1].batch_shape == (4,)
    assert law[..., 2].sample(seed=[0, 0]).shape == (3, 6)


def test_copies_and_composite_tensors_give_the_same_distribution():
    law = SphericalCauchy(unit_vectors([3], dtype="float32"), 0.7)
    z = law.sample(4, seed=[1, 1])
    assert float(law.copy(concentration=0.25).concentration) == 0.25
    np.testing.assert_allclose(law.copy().sample(4, seed=[1, 1]), z)

    @tf.function
    def through(distribution):
        return distribution.sample(4, seed=[1, 1]), distribution

    again, back = through(law)
    np.testing.assert_allclose(again, z, atol=1e-5)
    assert isinstance(back, SphericalCauchy)
    assert law.reparameterization_type == tfd.FULLY_REPARAMETERIZED
    assert SphericalCauchy.parameter_properties()["concentration"].event_ndims == 0


def test_parameters_can_be_variables():
    mu = tf.Variable([0.6, 0.8])
    rho = tf.Variable(0.5)
    law = SphericalCauchy(mu, rho, validate_args=True)
    before = float(law.kl_divergence(tfd.SphericalUniform(2)))
    rho.assign(0.25)
    after = float(law.kl_divergence(tfd.SphericalUniform(2)))
    assert (before, after) == pytest.approx((-np.log(0.75), -np.log(0.9375)))
    rho.assign(1.0)
    with pytest.raises(tf.errors.InvalidArgumentError, match="must be below 1"):
        law.sample(seed=[1, 2])


@pytest.mark.parametrize("dtype", [tf.bfloat16, tf.float16])
def test_half_precision_is_rounded_single_precision(dtype):
    law = SphericalCauchy(tf.cast(basis(50), dtype), tf.constant(0.5, dtype))
    z = law.sample(5, seed=[1, 2])
    wide = SphericalCauchy(basis(50, "float32"), 0.5).sample(5, seed=[1, 2])
    assert z.dtype == dtype
    np.testing.assert_allclose(tf.cast(z, tf.float32), wide, atol=0.01)


def test_samples_of_another_dimension_or_off_the_sphere_are_refused():
    law = SphericalCauchy([0.6, 0.8, 0.0], 0.5, validate_args=True)
    with pytest.raises(ValueError, match="samples must have 3 coordinates"):
        law.log_prob([0.6, 0.8])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"samples.*unit"):
        law.log_prob([0.6, 0.9, 0.0])


def test_a_fit_is_not_offered():
    z = unit_vectors([10, 3])
    with pytest.raises(NotImplementedError, match="SphericalCauchy has no fit"):
        SphericalCauchy.experimental_fit(z)
