import types

import numpy as np
import pytest
import scipy.special
import scipy.stats
import tensorflow as tf

from tf_vmfvae.distributions import VonMisesFisherMixture
from tf_vmfvae.evaluation import topic_mixture

KERNEL = np.array([[3.0, -1.0, 0.0, 2.0], [0.5, 2.0, -3.0, 1.0]])
ANGLES = np.array([0.3, 2.5, 4.0])


@pytest.fixture
def model():
    """A document model with four words and codes on a circle, as far as is needed."""
    return types.SimpleNamespace(
        vocabulary=["a", "b", "c", "d"],
        decoder=lambda z: z @ tf.constant(KERNEL, tf.float32),
    )


def mixture(concentration):
    directions = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
    return VonMisesFisherMixture(directions, concentration)


def integrated(concentration, length=1.0):
    """The words of each topic, by numerical integration over the circle."""
    angles = np.linspace(0, 2 * np.pi, 4000, endpoint=False)
    codes = length * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    density = scipy.stats.vonmises.pdf(angles, concentration, loc=ANGLES[:, None])
    words = scipy.special.softmax(codes @ KERNEL, axis=1)
    return (density @ words) * (2 * np.pi / len(angles))


@pytest.mark.parametrize("length", [1.0, 2.0])
@pytest.mark.parametrize("concentration", [1.0, 8.0, 60.0])
def test_the_words_of_a_topic_are_the_mean_over_its_component(
    model, monkeypatch, concentration, length
):
    monkeypatch.setattr(topic_mixture, "DRAWS", 20_000)
    found = topic_mixture.words(model, mixture(concentration), length)

    np.testing.assert_allclose(found, integrated(concentration, length), atol=0.01)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, rtol=1e-12)


def test_the_default_number_of_draws_is_enough(model):
    found = topic_mixture.words(model, mixture(20.0))

    np.testing.assert_allclose(found, integrated(20.0), atol=0.03)


def test_the_words_of_a_narrow_topic_are_those_of_its_direction(model):
    topics = mixture(1e8)
    logits = topics.mean_directions.numpy() @ KERNEL

    np.testing.assert_allclose(
        topic_mixture.words(model, topics),
        scipy.special.softmax(logits, axis=1),
        atol=1e-3,
    )


def test_the_words_of_a_topic_are_the_same_each_time_and_in_smaller_blocks(
    model, monkeypatch
):
    topics = mixture(20.0)
    found = topic_mixture.words(model, topics)
    np.testing.assert_array_equal(topic_mixture.words(model, topics), found)

    # No more than one draw of each topic at a time.
    monkeypatch.setattr(topic_mixture, "WORDS_AT_ONCE", 1)
    np.testing.assert_allclose(topic_mixture.words(model, topics), found, atol=0.03)


def test_a_topic_predicts_the_words_of_its_documents(document_model, documents):
    codes = document_model.encode(documents)
    topics = topic_mixture.fit(codes, 2)
    shares = topic_mixture.shares(topics, codes)
    counts = np.zeros((len(documents), len(document_model.vocabulary)))
    rows = np.repeat(np.arange(len(documents)), documents.lengths)
    counts[rows, documents.pairs[:, 0] - 1] = documents.pairs[:, 1]
    observed = shares.T @ counts

    np.testing.assert_allclose(
        topic_mixture.words(document_model, topics),
        observed / observed.sum(axis=1, keepdims=True),
        atol=0.1,
    )
