"""What the spherical Cauchy latent adds to its base."""

import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers
from tf_vmfvae.distributions import SphericalCauchy

HIDDEN = np.random.default_rng(0).normal(size=(5, 7)).astype("float32")


@pytest.mark.parametrize(
    ("latent_dim", "kappa"), [(2, 1.0), (16, 25.0), (50, 80.0), (200, 150.0), (3, 1e6)]
)
def test_the_kl_is_that_of_the_von_mises_fisher_latent(latent_dim, kappa):
    latent = layers.SphericalCauchyLatent(latent_dim, kappa, seed=1)
    other = layers.VonMisesFisherLatent(latent_dim, kappa, seed=1)
    for training in (False, True):
        _, kl = latent(HIDDEN, training=training)
        np.testing.assert_array_equal(kl, other(HIDDEN, training=training)[1])
    posterior = latent.posterior(HIDDEN)
    assert isinstance(posterior, SphericalCauchy)
    # Close to 1, float32 rounds rho.
    exact = posterior.kl_divergence(latent.prior())
    np.testing.assert_allclose(exact, kl, rtol=1e-5 if kappa < 1e6 else 1e-3)


def test_a_concentration_may_be_a_tensor_in_a_graph():
    latent = layers.SphericalCauchyLatent(50, 80.0, seed=1)
    latent(HIDDEN)

    @tf.function
    def concentration(kappa):
        return latent.posterior_at(HIDDEN, kappa).concentration

    for kappa in (0.5, 80.0, 5000.0):
        number = latent.posterior_at(HIDDEN, kappa).concentration
        np.testing.assert_allclose(concentration(tf.constant(kappa)), number, rtol=1e-5)


def test_training_samples_at_the_concentration_that_was_set():
    latent = layers.SphericalCauchyLatent(6, 15.0, training_kappa=60.0, seed=1)
    latent(HIDDEN)
    for kappa in (60.0, 200.0):
        number = latent.posterior_at(HIDDEN, kappa)
        posterior = latent.training_posterior(HIDDEN)
        np.testing.assert_allclose(posterior.concentration, number.concentration)
        kl = latent.training_kl(posterior)
        np.testing.assert_allclose(kl, latent.exact_kl(kappa), rtol=1e-6)
        latent.set_sampling_concentration(200.0)


def test_an_extremely_small_kappa_gives_finite_codes():
    z, kl = layers.SphericalCauchyLatent(5, 1e-300)(HIDDEN)
    np.testing.assert_allclose(np.linalg.norm(z, axis=-1), 1, atol=1e-5)
    np.testing.assert_array_equal(kl, 0)


def test_a_kappa_that_float32_cannot_hold_is_refused():
    message = "must be at most 1e.09 for a spherical Cauchy code, not 2e.09"
    with pytest.raises(ValueError, match=f"^kappa {message}"):
        layers.SphericalCauchyLatent(5, 2e9)
    with pytest.raises(ValueError, match=f"^training_kappa {message}"):
        layers.SphericalCauchyLatent(5, 20.0, training_kappa=2e9)
    latent = layers.SphericalCauchyLatent(5, 20.0)
    latent(HIDDEN)
    with pytest.raises(ValueError, match=f"^kappa {message}"):
        latent.set_sampling_concentration(2e9)
    assert float(latent(HIDDEN, training=True)[1][0]) == float(latent(HIDDEN)[1][0])
