"""A small model for the tests of generation."""

import pytest

import tf_vmfvae
from tf_vmfvae import layers


@pytest.fixture(scope="session")
def model():
    latent = layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    words = ["a", "b", "c", "d"]
    return tf_vmfvae.models.NVRNN(words, latent, embedding_dim=8, hidden_dim=8, seed=2)


@pytest.fixture(scope="session")
def codes(model):
    return model.latent.prior().sample(3000, seed=(1, 2))
