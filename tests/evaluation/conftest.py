"""Models small enough to be integrated by hand."""

import numpy as np
import pytest

import tf_vmfvae

SENTENCES = ["profit rose", "shares fell sharply", "the bank fell", "profit"]


@pytest.fixture(scope="session")
def sentences():
    return SENTENCES


@pytest.fixture(scope="session")
def make_model():
    """Returns a function from a latent to a language model that minds its code."""
    words = sorted({word for text in SENTENCES for word in text.split()})

    def make(latent):
        model = tf_vmfvae.models.NVRNN(
            words, latent, embedding_dim=8, hidden_dim=8, dropout=0.0, seed=2
        )
        # Weights as large as those of a trained model, whose code makes a difference.
        rng = np.random.default_rng(3)
        for variable in model.trainable_variables:
            variable.assign(0.7 * rng.normal(size=variable.shape))
        return model

    return make


@pytest.fixture(scope="session")
def circle_model(make_model):
    """A model whose code lies on a circle."""
    return make_model(tf_vmfvae.layers.VonMisesFisherLatent(2, kappa=1.5, seed=1))
