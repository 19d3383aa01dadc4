"""Models small enough to be integrated numerically."""

import numpy as np
import pytest
import tensorflow as tf

import tf_vmfvae
from tf_vmfvae import data, layers

SENTENCES = ["profit rose", "shares fell sharply", "the bank fell", "profit"]
TOPIC_WORDS = ["ball", "goal", "team", "rain", "snow", "wind"]


@pytest.fixture(scope="session")
def sentences():
    return SENTENCES


@pytest.fixture(scope="session")
def make_model():
    """Returns a function from a latent to a language model that uses its code."""
    words = sorted({word for text in SENTENCES for word in text.split()})

    def make(latent):
        model = tf_vmfvae.models.NVRNN(
            words, latent, embedding_dim=8, hidden_dim=8, dropout=0.0, seed=2
        )
        # Weights as large as those of a trained model, so that the code matters.
        rng = np.random.default_rng(3)
        for variable in model.trainable_variables:
            variable.assign(0.7 * rng.normal(size=variable.shape))
        return model

    return make


@pytest.fixture(scope="session")
def circle_model(make_model):
    """A model whose code is on a circle."""
    return make_model(layers.VonMisesFisherLatent(2, kappa=1.5, seed=1))


@pytest.fixture(scope="session")
def integrated_nll(circle_model):
    """Returns a function from ids to `-log p(x)`, integrated over the circle."""
    points = 4000
    angle = np.arange(points) * 2 * np.pi / points
    circle = tf.constant(np.stack([np.cos(angle), np.sin(angle)], axis=-1), "float32")

    def integrate(ids):
        copies = tf.repeat(ids[None], points, axis=0)
        log_p = -circle_model.likelihood([copies, circle])
        return np.log(points) - np.logaddexp.reduce(log_p)

    return integrate


class IdentityEncoder:
    """A stand-in for a model whose encoder returns its input."""

    def __init__(self, latent, weights):
        self.latent = latent
        latent(np.zeros((1, weights[0].shape[0]), "float32"))
        latent.set_weights([*weights, *latent.get_weights()[len(weights) :]])

    def encoder(self, inputs, training=False):
        return inputs

    def is_example(self, inputs):
        return tf.ones(tf.shape(inputs)[:1], bool)


@pytest.fixture(scope="session")
def identity_encoder():
    return IdentityEncoder


@pytest.fixture
def on_circle():
    """A model with codes on the circle, around the directions of its inputs."""
    latent = layers.VonMisesFisherLatent(2, kappa=6.0, seed=1)
    return IdentityEncoder(latent, [np.eye(2), np.zeros(2)])


@pytest.fixture(scope="session")
def topic_words():
    return TOPIC_WORDS


@pytest.fixture(scope="session")
def documents():
    """Documents about sport or about the weather."""
    rng = np.random.default_rng(0)
    first = 3 * np.arange(60) % 6
    rows = [
        [(start + 1 + i, int(rng.integers(1, 4))) for i in range(3)] for start in first
    ]
    return data.Documents.from_rows(rows, np.where(first == 0, "sport", "weather"))


@pytest.fixture(scope="session")
def document_model(documents):
    latent = layers.VonMisesFisherLatent(3, kappa=20.0, seed=1)
    model = tf_vmfvae.models.NVDM(TOPIC_WORDS, latent, hidden_dim=16, seed=1)
    model.compile("adam")
    model.optimizer.learning_rate = 0.02
    batches = data.DocumentBatches(documents, batch_size=20)
    model.fit(batches.dataset().repeat(), steps_per_epoch=60, verbose=0)
    return model
