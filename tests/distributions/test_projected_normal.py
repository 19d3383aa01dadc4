"""The projected normal distribution: density, draws, divergences and gradients."""

import numpy as np
import pytest
import scipy.integrate
import scipy.stats
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae.distributions import ProjectedNormal

tfd = tfp.distributions


def parameters(dimension, log_scale=0.0, seed=0):
    rng = np.random.default_rng(seed)
    loc = rng.normal(size=dimension)
    return loc * np.exp(log_scale), np.exp(log_scale + 0.4 * rng.normal(size=dimension))


def ray_integral(z, loc, scale):
    """Returns the density of a Gaussian vector, integrated along the ray through z."""
    normal = scipy.stats.norm(loc, scale)

    def along_ray(r):
        return r ** (len(z) - 1) * np.prod(normal.pdf(r * z))

    return scipy.integrate.quad(along_ray, 0, 40, epsabs=0, epsrel=1e-10, limit=400)[0]


@pytest.mark.parametrize("dimension", [2, 3, 5, 12])
def test_the_density_is_the_integral_along_a_ray(dimension):
    loc, scale = parameters(dimension)
    z = ProjectedNormal(loc, scale).sample(8, seed=(1, 2)).numpy()
    expected = [np.log(ray_integral(each, loc, scale)) for each in z]
    found = ProjectedNormal(loc, scale).log_prob(z)
    np.testing.assert_allclose(found, expected, rtol=1e-7, atol=1e-7)


def test_on_the_circle_the_density_integrates_to_one():
    angles = np.linspace(0, 2 * np.pi, 2000, endpoint=False)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    for scale in (0.05, 1.0, 20.0):
        law = ProjectedNormal([1.0, 0.5], [scale, 2 * scale])
        total = np.mean(np.exp(law.log_prob(circle.astype("float32")))) * 2 * np.pi
        np.testing.assert_allclose(total, 1.0, rtol=1e-5)


def test_without_a_mean_and_with_equal_scales_it_is_uniform():
    law = ProjectedNormal(np.zeros(50), np.full(50, 3.0))
    z = law.sample(10, seed=(1, 2))
    np.testing.assert_allclose(law.log_ratio_to_uniform(z), 0.0, atol=1e-10)
    uniform = tfd.SphericalUniform(50, dtype=tf.float64).log_prob(z)
    np.testing.assert_allclose(law.log_prob(z), uniform, rtol=1e-9)


def test_the_size_of_the_gaussian_vector_does_not_matter():
    loc, scale = parameters(7)
    z = ProjectedNormal(loc, scale).sample(10, seed=(1, 2))
    larger = ProjectedNormal(40 * loc, 40 * scale)
    np.testing.assert_allclose(
        larger.log_prob(z), ProjectedNormal(loc, scale).log_prob(z), rtol=1e-9
    )


def test_draws_follow_the_density():
    loc, scale = parameters(2)
    z = ProjectedNormal(loc, scale).sample(20_000, seed=(1, 2)).numpy()
    np.testing.assert_allclose(np.linalg.norm(z, axis=-1), 1.0, rtol=1e-6)
    edges = np.linspace(-np.pi, np.pi, 25)
    counts, _ = np.histogram(np.arctan2(z[:, 1], z[:, 0]), edges)
    fine = np.linspace(-np.pi, np.pi, 24 * 200 + 1)
    middle = (fine[1:] + fine[:-1]) / 2
    density = np.exp(
        ProjectedNormal(loc, scale).log_prob(
            np.stack([np.cos(middle), np.sin(middle)], axis=-1)
        )
    )
    expected = density.reshape(24, 200).sum(axis=1)
    expected *= len(z) / expected.sum()
    assert scipy.stats.chisquare(counts, expected).pvalue > 0.01


@pytest.mark.parametrize("log_scale", [0.0, -3.0, -9.0])
@pytest.mark.parametrize("dimension", [2, 5, 50])
def test_the_kl_of_a_gaussian_is_that_of_direction_and_length(dimension, log_scale):
    law = ProjectedNormal(parameters(dimension)[0], parameters(dimension, log_scale)[1])
    z, of_length = law.sample_with_radial_kl([20_000], seed=(1, 2))
    np.testing.assert_array_equal(z, law.sample([20_000], seed=(1, 2)))
    whole = law.before_projection().kl_divergence(
        tfd.MultivariateNormalDiag(tf.zeros(dimension, tf.float64))
    )
    of_direction = law.log_ratio_to_uniform(z)
    difference = of_direction + of_length - whole
    error = 5 * np.std(difference) / np.sqrt(20_000)
    assert abs(np.mean(difference)) < error
    assert np.mean(of_length) > 0
    # The less noisy of two estimates of the KL of the direction.
    assert np.std(of_length) < np.std(of_direction)


def test_shapes_of_draws_with_their_radial_kl():
    loc, scale = parameters(6)
    law = ProjectedNormal(np.tile(loc, (4, 1)), np.tile(scale, (4, 1)))
    for shape in ([], [3], [3, 2]):
        z, kl = law.sample_with_radial_kl(shape, seed=(1, 2))
        assert (z.shape, kl.shape) == ((*shape, 4, 6), (*shape, 4))


def test_gradients_are_those_of_differences():
    loc, scale = (tf.constant(x) for x in parameters(6))

    def values(loc, scale):
        law = ProjectedNormal(loc, scale)
        z, of_length = law.sample_with_radial_kl([200], seed=(1, 2))
        return (
            tf.reduce_sum(law.log_prob(z)),
            tf.reduce_sum(of_length),
            tf.reduce_sum(z[:, 0] ** 2),
        )

    with tf.GradientTape(persistent=True) as tape:
        tape.watch([loc, scale])
        found = values(loc, scale)
    step = 1e-6
    for index, value in enumerate(found):
        of_loc, of_scale = tape.gradient(value, [loc, scale])
        for axis in range(6):
            change = step * tf.one_hot(axis, 6, dtype=tf.float64)
            slopes = [
                (values(*above)[index] - values(*below)[index]) / (2 * step)
                for above, below in (
                    ((loc + change, scale), (loc - change, scale)),
                    ((loc, scale + change), (loc, scale - change)),
                )
            ]
            expected = [of_loc[axis], of_scale[axis]]
            np.testing.assert_allclose(slopes, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("log_scale", [-12.0, -5.0, 3.0])
def test_gradients_are_finite_where_the_spread_is_extreme(log_scale):
    loc, scale = (
        tf.constant(x, tf.float32)
        for x in (parameters(50)[0], parameters(50, log_scale)[1])
    )
    with tf.GradientTape() as tape:
        tape.watch([loc, scale])
        _, kl = ProjectedNormal(loc, scale).sample_with_radial_kl([50], seed=(1, 2))
        loss = tf.reduce_mean(kl)
    for gradient in tape.gradient(loss, [loc, scale]):
        assert np.all(np.isfinite(gradient))
        assert np.abs(gradient * (scale if log_scale < 0 else 1.0)).max() < 100


def test_xla_compiles_draws_and_density():
    loc, scale = (np.float32(x) for x in parameters(6))

    @tf.function(jit_compile=True)
    def run():
        law = ProjectedNormal(loc, scale)
        z, kl = law.sample_with_radial_kl([5], seed=tf.constant([1, 2]))
        return law.log_prob(z), kl

    law = ProjectedNormal(loc, scale)
    z, kl = law.sample_with_radial_kl([5], seed=(1, 2))
    for compiled, plain in zip(run(), (law.log_prob(z), kl), strict=True):
        np.testing.assert_allclose(compiled, plain, rtol=1e-4, atol=1e-4)


def test_bad_parameters_are_named():
    with pytest.raises(ValueError, match="loc needs a static last axis of 2 or more"):
        ProjectedNormal([0.0], [1.0])
    with pytest.raises(tf.errors.InvalidArgumentError, match="scale_diag"):
        ProjectedNormal([0.0, 1.0], [1.0, 0.0], validate_args=True)
