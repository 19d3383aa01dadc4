import keras
import numpy as np
import pytest
import tensorflow as tf

from benchmarks.as_gaussian import as_gaussian
from tf_vmfvae import layers, models

WORDS = ["the", "cat", "dog", "sees", "hears", "it", "them"]
TEXTS = ["the cat sees it", "the dog hears them", "the cat hears the dog"]


@pytest.fixture(scope="module")
def vmf():
    """A vMF model of random weights, none of them 0."""
    latent = layers.VonMisesFisherLatent(4, kappa=20.0, seed=1)
    model = models.NVRNN(WORDS, latent, embedding_dim=6, hidden_dim=8, seed=2)
    for weight in model.trainable_weights:
        noise = np.random.default_rng(len(weight.path)).normal(size=weight.shape)
        weight.assign_add(0.3 * noise.astype("float32"))
    return model


def posterior(model):
    return model.latent.posterior(model.encoder(model.to_ids(TEXTS).to_tensor()))


def test_the_decoder_is_the_vmf_models(vmf):
    ids = vmf.to_ids(TEXTS).to_tensor()
    z = tf.random.stateless_normal([len(TEXTS), 4], seed=[1, 2])

    given, made = (
        model.likelihood([ids, z]).numpy() for model in (vmf, as_gaussian(vmf, TEXTS))
    )

    np.testing.assert_array_equal(given, made)


def test_means_lie_along_the_vmfs_with_its_signal_and_noise(vmf):
    gaussian, directed = posterior(as_gaussian(vmf, TEXTS)), posterior(vmf)

    mean, directions = gaussian.mean().numpy(), directed.mean_direction.numpy()
    lengths = np.linalg.norm(mean, axis=-1)
    resultant = np.linalg.norm(directed.mean()[0])
    np.testing.assert_allclose(mean / lengths[:, None], directions, atol=1e-6)
    # In the scale of the prior: 4 coordinates of spread 1, on the sphere of spread 1/2.
    assert lengths.mean() == pytest.approx(2 * resultant, rel=1e-5)
    variance = np.full_like(mean, 1 - resultant**2)
    np.testing.assert_allclose(gaussian.variance(), variance, rtol=1e-5)


def test_the_vmf_model_is_left_as_it_is(vmf):
    before = [weight.numpy() for weight in vmf.weights]

    as_gaussian(vmf, TEXTS)

    for weight, value in zip(vmf.weights, before, strict=True):
        np.testing.assert_array_equal(weight, value)


def test_loads_with_the_same_outputs(vmf, tmp_path):
    model = as_gaussian(vmf, TEXTS)
    model.save(tmp_path / "model.keras")

    loaded = keras.models.load_model(tmp_path / "model.keras")

    np.testing.assert_array_equal(loaded.encode(TEXTS), model.encode(TEXTS))
