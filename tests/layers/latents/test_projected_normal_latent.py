"""The direction of a Gaussian code."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers, models


@pytest.fixture
def hidden():
    return np.random.default_rng(0).normal(size=(5, 7)).astype("float32")


def make_latent(**options):
    return layers.ProjectedNormalLatent(12, seed=3, **options)


def test_codes_and_centres_have_the_length_of_gaussian_codes(hidden):
    latent = make_latent()
    z, _ = latent(hidden)
    for vectors in (z, latent.location(hidden), latent.prior().sample(4, seed=(1, 2))):
        np.testing.assert_allclose(
            np.linalg.norm(vectors, axis=-1), np.sqrt(12), rtol=1e-5
        )


@pytest.mark.parametrize("components", [0, 3])
def test_the_kl_is_the_divergence_of_posterior_and_prior(hidden, components):
    latent = make_latent(prior_components=components)
    latent(hidden)
    posterior, prior = latent.posterior(hidden), latent.prior()
    z = posterior.sample(20_000, seed=(1, 2))
    ratio = posterior.log_prob(z) - prior.log_prob(z)
    # The layer's estimate is from 16 draws; many copies have its mean.
    found = np.mean(
        np.reshape(latent.kl(latent.posterior(np.tile(hidden, [1000, 1]))), [1000, 5]),
        axis=0,
    )
    error = 5 * np.std(ratio, axis=0) / np.sqrt(16_000)
    assert np.all(np.abs(np.mean(ratio, axis=0) - found) < error)


def test_the_kl_is_below_that_of_the_gaussian_code(hidden):
    latent, gaussian = make_latent(), layers.GaussianLatent(12, seed=3)
    for each in (latent, gaussian):
        each(hidden)
    gaussian.set_weights(latent.get_weights())
    posterior = latent.posterior(np.tile(hidden, [200, 1]))
    of_gaussian = gaussian(hidden)[1]
    np.testing.assert_allclose(
        latent.training_kl(posterior)[:5], of_gaussian, rtol=1e-5
    )
    of_direction = np.mean(np.reshape(latent.kl(posterior), [200, 5]), axis=0)
    assert np.all(of_direction < of_gaussian)


def test_features_of_zero_give_the_prior_with_finite_gradients():
    latent = make_latent()
    with tf.GradientTape() as tape:
        z, kl = latent(tf.zeros([2, 7]), training=True)
        loss = tf.reduce_sum(z) + tf.reduce_sum(kl)
    np.testing.assert_allclose(latent(tf.zeros([2, 7]))[1], 0.0, atol=1e-5)
    for gradient in tape.gradient(loss, latent.trainable_variables):
        assert np.all(np.isfinite(gradient))


def test_interpolation_stays_on_the_sphere():
    latent = make_latent()
    start, end = latent.prior().sample(2, seed=(1, 2))
    path = latent.interpolate(start, end, 5)
    np.testing.assert_allclose(path[0], start, atol=1e-5)
    np.testing.assert_allclose(path[-1], end, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(path, axis=-1), np.sqrt(12), rtol=1e-5)


def test_a_configuration_makes_the_same_layer():
    latent = make_latent(minimum_rate=2.0, prior_components=3)
    copy = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(latent)
    )
    assert copy.get_config() == latent.get_config()
    assert "batch_norm" not in latent.get_config()


def test_every_second_code_in_training_is_the_image_of_the_one_before(hidden):
    latent = make_latent()
    z, _ = latent(hidden, codes=4, training=True)
    z = np.reshape(z, [4, 5, 12])
    np.testing.assert_allclose(np.linalg.norm(z, axis=-1), np.sqrt(12), rtol=1e-5)
    # Twice the mean is the sum of a Gaussian code and its image: in their plane.
    means = latent.mean(hidden).numpy()
    for code, image in ((z[0], z[1]), (z[2], z[3])):
        for row in range(5):
            plane = np.stack([code[row], image[row]], axis=1)
            factors, *_ = np.linalg.lstsq(plane, means[row], rcond=None)
            np.testing.assert_allclose(plane @ factors, means[row], atol=1e-4)
            assert np.all(factors > 0)
    assert np.abs(z[0] - z[2]).max() > 0.1


def test_a_model_that_trains_with_several_codes_learns():
    model = models.NVRNN(
        ["the", "cat", "sees", "hears"],
        make_latent(),
        codes=2,
        embedding_dim=6,
        hidden_dim=8,
        seed=1,
    )
    ids = model.to_ids(["the cat sees", "the cat hears"]).to_tensor()
    model.compile(optimizer=keras.optimizers.Adam(0.03))
    losses = model.fit(ids, epochs=60, verbose=0).history["loss"]
    assert losses[-1] < 0.7 * losses[0]


def test_invalid_arguments_are_named():
    with pytest.raises(ValueError, match="latent_dim must be at least 2"):
        layers.ProjectedNormalLatent(1)
    with pytest.raises(ValueError, match="prior_components must be at least 0"):
        make_latent(prior_components=-1)
