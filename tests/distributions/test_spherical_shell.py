"""A direction times a norm, compared with numerical integration and with draws."""

import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp
from scipy import integrate

from tf_vmfvae.distributions import SphericalShell, VonMisesFisher

tfd = tfp.distributions


@pytest.fixture
def shell():
    mean = tf.math.l2_normalize(tf.constant([[1.0, 2.0], [0.0, -1.0]]), axis=-1)
    return SphericalShell(VonMisesFisher(mean, 4.0), [0.5, 1.0], [0.75, 2.5])


def test_density_integrates_to_one(shell):
    angle = np.linspace(0, 2 * np.pi, 201)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    for index, (low, high) in enumerate([(0.5, 0.75), (1.0, 2.5)]):
        norm = np.linspace(low, high, 3)[:, np.newaxis]
        z = (norm[..., np.newaxis] * circle)[:, :, np.newaxis].astype("float32")
        values = shell.prob(z)[..., index] * norm
        over_angle = integrate.simpson(values, x=angle)
        # The density of the norm is flat.
        np.testing.assert_allclose(over_angle * (high - low), 1, rtol=1e-5)


def test_density_is_zero_outside_and_positive_at_every_draw(shell):
    z = shell.sample(20_000, seed=[1, 2])

    assert np.all(np.isfinite(shell.log_prob(z)))
    assert float(shell.prob([3.0, 0.0])[1]) == 0
    assert float(shell.prob([0.1, 0.0])[0]) == 0


def test_moments_agree_with_draws(shell):
    z = shell.sample(200_000, seed=[3, 4]).numpy()
    covariance = [np.cov(z[:, index].T) for index in (0, 1)]

    np.testing.assert_allclose(shell.mean(), z.mean(axis=0), atol=0.01)
    np.testing.assert_allclose(shell.covariance(), covariance, atol=0.02)


def test_norms_are_uniform_and_independent_of_the_direction(shell):
    z = shell.sample(50_000, seed=[5, 6])[:, 1]
    norm = np.linalg.norm(z, axis=-1)
    share = np.histogram(norm, bins=10, range=(1.0, 2.5))[0] / 50_000

    np.testing.assert_allclose(share, 0.1, atol=0.007)
    assert abs(np.corrcoef(norm, z[:, 1] / norm)[0, 1]) < 0.02


def test_a_uniform_direction_gives_a_scalar_batch_shape():
    distribution = SphericalShell(tfd.SphericalUniform(5), 0.0, 10.0)

    assert distribution.batch_shape == ()
    assert distribution.sample(3, seed=[1, 2]).shape == (3, 5)
    np.testing.assert_allclose(
        distribution.covariance(), np.eye(5) * 100 / 3 / 5, rtol=1e-6, atol=1e-6
    )


def test_it_passes_into_and_out_of_a_function_as_a_composite_tensor(shell):
    z = shell.sample(seed=[1, 2])

    @tf.function
    def through(distribution):
        return distribution, distribution.log_prob(z)

    back, log_prob = through(shell)
    assert isinstance(back, SphericalShell)
    np.testing.assert_allclose(back.log_prob(z), log_prob, rtol=1e-6)
