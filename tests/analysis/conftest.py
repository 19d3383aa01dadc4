import keras
import numpy as np
import pytest

from tf_vmfvae import layers, models

WORDS = ["the", "cat", "dog", "sees", "hears", "it", "them"]


@pytest.fixture(scope="package")
def vmf():
    """A vMF model with random weights, none of them 0."""
    keras.utils.set_random_seed(1)
    latent = layers.VonMisesFisherLatent(4, kappa=20.0, seed=1)
    model = models.NVRNN(WORDS, latent, embedding_dim=6, hidden_dim=8, seed=2)
    for weight in model.trainable_weights:
        noise = np.random.default_rng(len(weight.path)).normal(size=weight.shape)
        weight.assign_add(0.3 * noise.astype("float32"))
    return model


@pytest.fixture(scope="package")
def texts():
    return ["the cat sees it", "the dog hears them", "the cat hears the dog"]
