"""Products of spheres: codes, KL and concentrations."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.layers.latents.prior_fitting import fit
from tf_vmfvae import distributions, layers


@pytest.fixture
def hidden():
    return np.random.default_rng(0).normal(size=(5, 7)).astype("float32")


def make_latent(**options):
    return layers.SphereProductLatent(12, 3, kappa=9.0, seed=3, **options)


def test_a_code_is_a_unit_vector_on_each_sphere(hidden):
    latent = make_latent()
    z, kl = latent(hidden)

    assert z.shape == (5, 12)
    assert kl.shape == (5,)
    for vectors in (z, latent.location(hidden)):
        norms = np.linalg.norm(np.reshape(vectors, (5, 3, 4)), axis=-1)
        np.testing.assert_allclose(norms, 1, atol=1e-5)


def test_the_kl_is_the_divergence_of_posterior_and_prior(hidden):
    latent = make_latent()
    latent(hidden)
    latent.log_concentrations.kernel.assign(0.1 * tf.ones([7, 3]))
    posterior, prior = latent.posterior(hidden), latent.prior()
    z = posterior.sample(20_000, seed=(1, 2))
    estimate = posterior.log_prob(z) - prior.log_prob(z)
    error = 5 * tf.math.reduce_std(estimate, 0) / np.sqrt(20_000) + 1e-4

    assert np.all(np.abs(tf.reduce_mean(estimate, 0) - latent.kl(posterior)) < error)


def test_concentrations_start_at_kappa_and_the_kl_is_the_sum_over_spheres(hidden):
    latent = make_latent()
    _, kl = latent(hidden)

    np.testing.assert_allclose(latent.concentration(hidden), 9.0, rtol=1e-6)
    expected = 3 * float(distributions.kl_to_uniform(4, 9.0))
    np.testing.assert_allclose(kl, expected, rtol=1e-6)


@pytest.mark.parametrize(("features", "width"), [(0, 0), (1, 1), (3, 3), (None, 7)])
def test_concentrations_depend_only_on_the_last_features(hidden, features, width):
    latent = make_latent(concentration_features=features)
    latent(hidden)
    assert latent.log_concentrations.kernel.shape == (width, 3)
    latent.log_concentrations.kernel.assign(tf.ones([width, 3]))
    logs = np.log(latent.concentration(hidden))
    expected = np.log(9.0) + hidden[:, 7 - width :].sum(axis=1)

    np.testing.assert_allclose(logs, np.repeat(expected[:, None], 3, 1), atol=1e-5)


def test_concentrations_are_learned(hidden):
    latent = make_latent(concentration_features=1)
    latent(hidden)
    with tf.GradientTape() as tape:
        z, kl = latent(hidden)
        loss = tf.reduce_sum(z[:, 0]) + tf.reduce_sum(kl)
    gradients = tape.gradient(loss, latent.trainable_variables)

    assert all(np.any(gradient.numpy() != 0) for gradient in gradients)


def test_interpolation_moves_on_every_sphere(hidden):
    latent = make_latent()
    latent(hidden)
    start, end = latent.location(hidden)[:2]
    path = latent.interpolate(start, end, steps=5).numpy()

    np.testing.assert_allclose(path[0], start, atol=1e-6)
    np.testing.assert_allclose(path[-1], end, atol=1e-6)
    norms = np.linalg.norm(path.reshape(5, 3, 4), axis=-1)
    np.testing.assert_allclose(norms, 1, atol=1e-5)


def test_a_configuration_makes_the_same_layer():
    latent = make_latent(concentration_features=1)
    copy = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(latent)
    )

    assert copy.get_config() == latent.get_config()


def test_xla_compiles_the_latent(hidden):
    latent = make_latent()
    latent(hidden)
    z, kl = tf.function(latent.call, jit_compile=True)(hidden)

    assert np.all(np.isfinite(z))
    assert np.all(np.isfinite(kl))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((12, 0), "latent_dim must be a multiple"),
        ((12, 5), "latent_dim must be a multiple"),
        ((4, 4), "of at least 2 each, not 4"),
        ((4, 2, 0.0), "kappa must be a positive"),
        ((4, 2, float("inf")), "kappa must be a positive"),
        ((4, 2, 1.0, -1), "concentration_features must be 0 or more"),
    ],
)
def test_invalid_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        layers.SphereProductLatent(*arguments)


def test_natural_concentrations_are_proportional_to_the_length_of_the_map(hidden):
    latent = layers.NaturalSphereProductLatent(12, 3, kappa=9.0, seed=3)
    latent(hidden)
    vectors = np.reshape(latent.mean_directions(hidden), (5, 3, 4))
    expected = 9.0 * np.sqrt(np.mean(vectors**2, axis=-1))

    np.testing.assert_allclose(latent.concentration(hidden), expected, rtol=1e-5)
    # The map has no bias, so twice the features give twice the concentration.
    np.testing.assert_allclose(
        latent.concentration(2 * hidden), 2 * expected, rtol=1e-5
    )


def test_features_of_the_concentration_do_not_change_the_direction(hidden):
    latent = layers.NaturalSphereProductLatent(12, 3, 9.0, 2, seed=3)
    latent(hidden)
    assert latent.mean_directions.kernel.shape == (5, 12)
    latent.log_concentrations.kernel.assign(tf.ones([2, 3]))
    changed = hidden + np.array([0, 0, 0, 0, 0, 0.5, 0.25], "float32")

    np.testing.assert_allclose(latent.location(changed), latent.location(hidden))
    np.testing.assert_allclose(
        latent.concentration(changed),
        np.exp(0.75) * latent.concentration(hidden),
        rtol=1e-5,
    )


def test_features_of_zero_give_the_prior_with_finite_gradients():
    latent = layers.NaturalSphereProductLatent(12, 3, kappa=9.0, seed=3)
    hidden = tf.zeros([2, 7])
    with tf.GradientTape() as tape:
        z, kl = latent(hidden)
        loss = tf.reduce_sum(z) + tf.reduce_sum(kl)

    np.testing.assert_allclose(kl, 0.0, atol=1e-6)
    for gradient in tape.gradient(loss, latent.trainable_variables):
        assert np.all(np.isfinite(gradient))


@pytest.mark.parametrize(
    ("kind", "most"),
    [(layers.SphereProductLatent, 7), (layers.NaturalSphereProductLatent, 6)],
)
def test_too_many_concentration_features_are_refused(hidden, kind, most):
    kind(12, 3, concentration_features=most, seed=3)(hidden)
    for features in (most + 1, 5000):
        with pytest.raises(ValueError, match=f"concentration_features is {features}, "):
            kind(12, 3, concentration_features=features, seed=3)(hidden)


# === A learned prior ===


def test_a_prior_of_many_components_is_almost_uniform_at_first():
    prior = layers.SphereProductMixturePrior(4000, 6, 2, seed=1).distribution()
    uniform = layers.SphereProductLatent(6, 2).prior()
    log_p = prior.log_prob(uniform.sample(500, seed=1))

    assert abs(np.mean(log_p) - uniform.log_prob(np.eye(6)[0] + np.eye(6)[3])) < 0.01
    assert np.std(log_p) < 0.1


def test_a_prior_learns_which_directions_go_together():
    # The two unit vectors of a code agree, which independent spheres cannot say.
    true = layers.SphereProductMixturePrior(2, 6, 2)
    centres = np.eye(3)[[0, 0, 2, 2]].reshape(2, 2, 3)
    for weight, value in zip(true.weights, (centres, -0.3, 0.0), strict=True):
        weight.assign(np.broadcast_to(value, weight.shape))
    codes, others = (true.distribution().sample(4000, seed=x) for x in (1, 2))
    prior = layers.SphereProductMixturePrior(6, 6, 2, seed=1)
    fit(prior, codes)

    def log_density(mixture):
        return np.mean(mixture.distribution().log_prob(others))

    # Overfitting costs about half a nat for each of 53 weights: 0.007 per code. With
    # independent spheres the codes would be log 2 nats less likely.
    assert -0.01 < log_density(true) - log_density(prior) < 0.03


@pytest.mark.parametrize(
    "kind", [layers.SphereProductLatent, layers.NaturalSphereProductLatent]
)
def test_the_kl_is_the_divergence_from_the_learned_prior(kind, hidden):
    latent = kind(6, 2, kappa=9.0, seed=3, prior_components=5)
    latent(hidden)
    rng = np.random.default_rng(2)
    for weight in latent.mixture_prior.weights:
        weight.assign(rng.normal(size=weight.shape) / 15)
    posterior, prior = latent.posterior(hidden), latent.prior()
    z = posterior.sample(20_000, seed=(1, 2))
    exact = np.mean(posterior.log_prob(z) - prior.log_prob(z), axis=0)

    np.testing.assert_allclose(latent(hidden)[1], exact, atol=0.6)
    # Many estimates in training have the right mean.
    _, kl = latent(np.tile(hidden, [2000, 1]), training=True)
    found = np.mean(np.reshape(kl, [2000, 5]), axis=0)
    np.testing.assert_allclose(found, exact, atol=0.06)
    uniform = latent.fixed_kl(posterior)
    assert np.abs(exact - uniform).max() > 0.1


def test_a_mixture_of_one_wide_component_is_the_fixed_prior(hidden):
    latent = make_latent(prior_components=1)
    _, expected = make_latent()(hidden)
    latent(hidden)
    latent.mixture_prior.log_spreads.assign(np.full((1, 3), 1.5))

    np.testing.assert_allclose(latent(hidden)[1], expected, rtol=1e-4)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: make_latent(prior_components=-1), "prior_components must be at least"),
        (lambda: layers.SphereProductMixturePrior(0, 6, 2), "components is 0"),
        (lambda: layers.SphereProductMixturePrior(3, 6, 4), "latent_dim must be a mul"),
    ],
)
def test_learned_priors_that_cannot_be_had_are_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
