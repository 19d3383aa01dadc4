"""Distribution, gradients and compilation of the draws of all distributions."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import stats

from tests.reference.angle_cdf import angle_cdf
from tests.reference.unit_vectors import unit_vectors
from tests.reference.von_mises_fisher import exact_moments
from tf_vmfvae.distributions import PowerSpherical, SphericalCauchy, VonMisesFisher
from tf_vmfvae.distributions.numerics import polar
from tf_vmfvae.distributions.numerics.normal_noise import standard_normal
from tf_vmfvae.distributions.numerics.quantile_table import VON_MISES_FISHER

MILLION = 1_000_000
GRADIENT_GRID = [
    (5, 2.0),
    (50, 35.0),
    (50, 80.0),
    (25, 100.0),
    (200, 150.0),
    (2, 1.0),
    (3, 10.0),
    (1000, 500.0),
]
SAMPLING_GRID = [
    *GRADIENT_GRID,
    (2, 0.0),
    *(
        pytest.param(*point, marks=pytest.mark.slow)
        for point in ((2, 100.0), (3, 0.0), (4, 15.0), (10, 1e4), (100, 1e-2))
    ),
]


def spherical_cauchy(mean_direction, kappa):
    """Takes concentrations from 0 to infinity, as the other distributions do."""
    return SphericalCauchy(mean_direction, kappa / (1 + kappa))


ALL = pytest.mark.parametrize(
    "distribution", [VonMisesFisher, PowerSpherical, spherical_cauchy]
)


def basis(dimension, dtype="float32"):
    return np.eye(dimension, dtype=dtype)[0]


def unit(shape, seed=0, dtype="float32"):
    return unit_vectors(shape, seed, dtype)


@pytest.mark.parametrize(("dimension", "kappa"), SAMPLING_GRID)
def test_a_million_draws_of_w_pass_a_kolmogorov_smirnov_test(dimension, kappa):
    x = standard_normal([MILLION], 2, tf.constant([dimension, 5]), tf.float32)[:, 0]
    cdf = angle_cdf(lambda w: kappa * w, dimension)
    fixed = polar.fixed_polar(VON_MISES_FISHER, dimension, kappa, x)
    learned = polar.polar(VON_MISES_FISHER, dimension, tf.constant(kappa), x)
    for w, s in (fixed, learned):
        angle = np.arctan2(s.numpy().astype("float64"), w.numpy())
        p = stats.kstest(angle, cdf).pvalue
        assert p > 0.01 / (2 * len(SAMPLING_GRID))


@pytest.mark.parametrize(
    ("dimension", "kappa"), [(2, 1.0), (3, 10.0), (5, 2.0), (25, 100.0)]
)
def test_draws_are_distributed_right_about_any_mean_direction(dimension, kappa):
    mu = unit([dimension], 3)
    z = VonMisesFisher(mu, kappa).sample(100_000, seed=[11, dimension]).numpy()
    w = z.astype("float64") @ mu
    cdf = angle_cdf(lambda w: kappa * w, dimension)
    tangent = z - w[:, np.newaxis] * mu
    length = np.linalg.norm(tangent, axis=-1, keepdims=True)
    assert stats.kstest(np.arctan2(length[:, 0], w), cdf).pvalue > 1e-3
    # The part orthogonal to the mean direction is uniform on its own sphere.
    tangent /= length
    orthogonal = np.linalg.svd(mu[np.newaxis])[2][1:]
    coordinates = tangent @ orthogonal.T
    n, size = len(z), dimension - 1
    assert np.abs(coordinates.mean(axis=0)).max() < 5 / np.sqrt(n * size)
    second = coordinates.T @ coordinates / n
    assert np.abs(second - np.eye(size) / size).max() < 5 / np.sqrt(n)
    assert abs(np.corrcoef(coordinates[:, 0], w)[0, 1]) < 5 / np.sqrt(n)
    if size > 1:
        half = (size - 1) / 2
        share = (1 + coordinates[:, 0]) / 2
        assert stats.kstest(share, stats.beta(half, half).cdf).pvalue > 1e-3


def test_normal_noise_is_normal():
    x = standard_normal([MILLION // 4], 4, tf.constant([1, 9]), tf.float32).numpy()
    for column in x.T:
        assert stats.kstest(column.astype("float64"), "norm").pvalue > 1e-3
    correlation = np.corrcoef(x.T) - np.eye(4)
    assert np.abs(correlation).max() < 0.01
    squares = np.corrcoef(x.T**2) - np.eye(4)
    assert np.abs(squares).max() < 0.01


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@ALL
def test_draws_stay_on_the_sphere_about_every_basis_vector(distribution, dtype):
    for dimension in (2, 3, 50):
        eye = np.eye(dimension, dtype=dtype)
        mean_direction = np.concatenate([eye, -eye])
        for kappa in (0.0, 1e-3, 10.0, 1e7):
            z = distribution(mean_direction, kappa).sample(200, seed=[1, 2]).numpy()
            norm = np.linalg.norm(z.astype("float64"), axis=-1)
            assert np.abs(norm - 1).max() < 1e-6
            expected = distribution(mean_direction, kappa).mean_resultant_length()
            w = np.sum(z * mean_direction, axis=-1)
            error = w.std() / np.sqrt(w.size) + 1e-6
            assert abs(w.mean() - expected[0]) < 5 * error


@ALL
@pytest.mark.parametrize(
    "noise", [[0.0, 0.0], [1e-3, 0.0], [-1e-3, 0.0], [-3.0, 0.0], [0.0, 1e-12]]
)
def test_noise_without_a_second_coordinate_gives_unit_vectors(
    monkeypatch, distribution, noise
):
    # On the circle, that is one draw in many millions.
    module = "tf_vmfvae.distributions.numerics.tangent_normal.standard_normal"
    monkeypatch.setattr(
        module, lambda *_: tf.reshape(tf.constant(noise, tf.float32), [2, 1])
    )
    for kappa in (0.0, 1.0, 1e4):
        concentration = tf.constant(kappa)
        with tf.GradientTape() as tape:
            tape.watch(concentration)
            z = distribution([0.6, 0.8], concentration).sample(1, seed=[1, 2])
        np.testing.assert_allclose(np.linalg.norm(z), 1, atol=1e-6)
        assert np.isfinite(tape.gradient(z, concentration))


def test_draws_in_many_dimensions_stay_on_the_sphere():
    z = VonMisesFisher(unit([100_000], 1), 1e5).sample(20, seed=[1, 2]).numpy()
    norm = np.linalg.norm(z.astype("float64"), axis=-1)
    assert np.abs(norm - 1).max() < 1e-6


def test_a_very_narrow_distribution_has_the_right_spread():
    z = VonMisesFisher(basis(5), 1e7).sample(100_000, seed=[1, 2]).numpy()
    scaled = 1e7 * np.sum(z[:, 1:].astype("float64") ** 2, axis=-1)
    assert stats.kstest(scaled, stats.chi2(4).cdf).pvalue > 1e-3


@ALL
@pytest.mark.parametrize("dimension", [2, 3, 50])
def test_a_seed_gives_the_same_sample_compiled_or_not(distribution, dimension):
    mu = tf.constant(unit([64, dimension], 1))
    kappa = tf.constant(np.geomspace(1e-2, 1e4, 64), tf.float32)

    def draw(seed):
        fixed = distribution(mu, 2.0).sample(seed=seed)
        return fixed, distribution(mu, kappa).sample(seed=seed)

    seed = tf.constant([4, 7])
    eager = draw(seed)
    again = draw(seed)
    graph = tf.function(draw)(seed)
    compiled = tf.function(draw, jit_compile=True)(seed)
    for index in range(2):
        np.testing.assert_array_equal(eager[index], again[index])
        np.testing.assert_allclose(eager[index], graph[index], atol=1e-5)
        np.testing.assert_allclose(eager[index], compiled[index], atol=1e-5)
    other = draw(tf.constant([4, 8]))
    assert np.abs(other[0] - eager[0]).max() > 0.1


def test_a_number_a_scalar_and_a_batch_of_concentrations_draw_the_same():
    mu = unit([50], 1)
    fixed = VonMisesFisher(mu, 80.0).sample(100, seed=[1, 2])
    scalar = VonMisesFisher(mu, tf.constant(80.0)).sample(100, seed=[1, 2])
    batch = VonMisesFisher(mu, tf.fill([100], 80.0)).sample(seed=[1, 2])
    np.testing.assert_allclose(fixed, scalar, atol=1e-6)
    np.testing.assert_allclose(fixed, batch, atol=1e-6)


@pytest.mark.parametrize(("dimension", "kappa"), GRADIENT_GRID)
def test_gradient_of_expectations_in_the_concentration(dimension, kappa):
    """By a million draws, within four standard errors of the exact value."""
    x = standard_normal([MILLION], 2, tf.constant([dimension, 3]), tf.float32)[:, 0]
    k = tf.fill([MILLION], kappa)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(k)
        w, _ = polar.polar(VON_MISES_FISHER, dimension, k, x)
        square = w * w
    exact = exact_moments(dimension, kappa)
    mean, variance = float(exact["mean"]), float(exact["variance"])
    rate = dimension - 1
    third = rate * (mean / kappa - variance) / kappa - 2 * mean * variance
    # E[w^2] = A' + A^2.
    for value, expected in ((w, variance), (square, third + 2 * mean * variance)):
        draws = tape.gradient(value, k).numpy().astype("float64")
        error = draws.std() / np.sqrt(MILLION)
        assert abs(draws.mean() - expected) < 4 * error


def test_gradient_of_draws_in_both_parameters():
    """d E[b'z] = b'd(A mu): the exact value for a linear function."""
    dimension, count = 5, 200_000
    mu = tf.constant(unit([dimension], 2, "float64"))
    b = tf.constant([0.3, -1.0, 0.5, 2.0, 0.1], tf.float64)
    raw, kappa = tf.tile(mu[tf.newaxis], [count, 1]), tf.fill([count], 3.0)
    kappa = tf.cast(kappa, tf.float64)
    with tf.GradientTape() as tape:
        tape.watch([raw, kappa])
        direction = tf.math.l2_normalize(raw, axis=-1)
        z = VonMisesFisher(direction, kappa).sample(seed=[3, 1])
        value = tf.linalg.matvec(z, b)
    by_mean, by_kappa = tape.gradient(value, [raw, kappa])
    vmf = VonMisesFisher(mu, tf.constant(3.0, tf.float64))
    length = vmf.mean_resultant_length()
    along = tf.reduce_sum(b * mu)
    for draws, expected in (
        (by_mean, length * (b - along * mu)),
        (by_kappa[:, tf.newaxis], vmf._moments().variance * along),
    ):
        error = np.std(draws, axis=0) / np.sqrt(count)
        assert np.all(np.abs(np.mean(draws, axis=0) - expected) < 4 * error + 1e-12)


@ALL
@pytest.mark.parametrize("dimension", [2, 3, 20])
def test_gradient_equals_finite_differences_at_a_fixed_seed(distribution, dimension):
    mu = tf.constant(unit([dimension], 5, "float64"))
    kappa = tf.constant(6.0, tf.float64)
    turn = tf.constant(unit([dimension], 6, "float64"))
    b = tf.constant(unit([dimension], 7, "float64"))

    def value(angle, change):
        direction = tf.math.l2_normalize(mu + angle * turn)
        z = distribution(direction, kappa + change).sample(3, seed=[1, 4])
        return tf.reduce_sum(tf.linalg.matvec(z, b) ** 2)

    zero, step = tf.constant(0.0, tf.float64), 1e-6
    angle, change = tf.identity(zero), tf.identity(zero)
    with tf.GradientTape() as tape:
        tape.watch([angle, change])
        total = value(angle, change)
    by_angle, by_change = tape.gradient(total, [angle, change])
    assert float(by_angle) == pytest.approx(
        float(value(step, zero) - value(-step, zero)) / (2 * step), rel=1e-5, abs=1e-8
    )
    assert float(by_change) == pytest.approx(
        float(value(zero, step) - value(zero, -step)) / (2 * step), rel=1e-5, abs=1e-8
    )


@pytest.mark.parametrize("dimension", [2, 3, 50])
def test_gradients_are_finite_and_never_zero(dimension):
    mean_direction = np.concatenate([np.eye(dimension), -np.eye(dimension)])
    mu = tf.constant(mean_direction, tf.float32)[:, tf.newaxis]
    kappa = tf.constant(np.append(0.0, np.geomspace(1e-2, 1e5, 200)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch([mu, kappa])
        z = VonMisesFisher(mu, kappa).sample(seed=[8, 9])
        w = tf.reduce_sum(z * tf.stop_gradient(mu), axis=-1)
    by_mean, by_kappa = tape.gradient(w, [mu, kappa])
    assert np.all(np.isfinite(by_mean))
    assert np.all(np.isfinite(by_kappa))
    assert np.all(by_kappa > 0)


@pytest.mark.parametrize(
    "distribution",
    [
        VonMisesFisher,
        pytest.param(PowerSpherical, marks=pytest.mark.slow),
        spherical_cauchy,
    ],
)
def test_everything_compiles_with_its_gradient(distribution):
    mu = tf.constant(unit([8, 10], 1))
    kappa = tf.constant(np.geomspace(0.1, 1e3, 8), tf.float32)
    other = VonMisesFisher(mu[::-1], 3.0)

    def value_and_gradient(mu, kappa):
        with tf.GradientTape() as tape:
            tape.watch([mu, kappa])
            posterior = distribution(mu, kappa)
            z = posterior.sample(2, seed=tf.constant([1, 2]))
            total = tf.reduce_sum(z[..., 0] + posterior.log_prob(tf.stop_gradient(z)))
            total += tf.reduce_sum(posterior.entropy())
            total += tf.reduce_sum(posterior.kl_divergence(other))
        return total, *tape.gradient(total, [mu, kappa])

    plain = value_and_gradient(mu, kappa)
    compiled = tf.function(value_and_gradient, jit_compile=True)(mu, kappa)
    for a, b in zip(plain, compiled, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-4, atol=2e-4)


def test_fit_compiles():
    z = VonMisesFisher(unit([5], 1), 10.0).sample(500, seed=[1, 2])

    def concentration(z):
        return VonMisesFisher.fit(z).concentration

    compiled = tf.function(concentration, jit_compile=True)(z)
    np.testing.assert_allclose(compiled, concentration(z), rtol=1e-5)


def test_no_loop_depends_on_data():
    @tf.function
    def draw(kappa):
        return VonMisesFisher(basis(50), kappa).sample(10, seed=[1, 2])

    graph = draw.get_concrete_function(tf.constant(80.0)).graph
    assert not [op.type for op in graph.get_operations() if "While" in op.type]


@pytest.mark.parametrize("dtype", [tf.bfloat16, tf.float16])
def test_half_precision_is_rounded_single_precision(dtype):
    mu = tf.cast(unit([50], 1), dtype)
    z = VonMisesFisher(mu, tf.constant(80.0, dtype)).sample(5, seed=[1, 2])
    assert z.dtype == dtype
    np.testing.assert_allclose(
        np.linalg.norm(tf.cast(z, tf.float32), axis=-1), 1, atol=0.02
    )
