"""Mutual information and active units, against integration and closed forms."""

import math

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import evaluation, layers


class Encoded:
    """A stand-in for a model whose encoder says just what it is given."""

    def __init__(self, latent, weights):
        self.latent = latent
        latent(np.zeros((1, weights[0].shape[0]), "float32"))
        latent.set_weights([*weights, *latent.get_weights()[len(weights) :]])

    def encoder(self, inputs, training=False):
        return inputs

    def is_example(self, inputs):
        return tf.ones(tf.shape(inputs)[:1], bool)


@pytest.fixture
def on_circle():
    """Codes on the circle, around the directions of the hidden features."""
    latent = layers.VonMisesFisherLatent(2, kappa=6.0, seed=1)
    return Encoded(latent, [np.eye(2), np.zeros(2)])


def directions(count):
    angle = np.arange(count) * 2 * np.pi / count
    return np.stack([np.cos(angle), np.sin(angle)], axis=-1).astype("float32")


def test_information_is_that_of_integration(on_circle):
    hidden = np.repeat(directions(3), 2000, axis=0)
    found = evaluation.mutual_information(on_circle, [hidden[:3500], hidden[3500:]])

    fine = directions(5000)
    laws = on_circle.latent.posterior(directions(3))
    density = np.exp(laws.log_prob(fine[:, None]).numpy()).T
    mixture = density.mean(axis=0)
    exact = np.mean(np.sum(density * np.log(density / mixture), axis=1))
    exact *= 2 * np.pi / 5000
    kl = float(on_circle.latent.exact_kl(on_circle.latent.kappa))

    assert abs(found.mutual_information - exact) < 4 * found.standard_error
    assert found.marginal_kl == pytest.approx(kl - found.mutual_information, rel=1e-5)
    assert found.examples == 6000


def test_information_has_its_limits(on_circle):
    same = evaluation.mutual_information(on_circle, [np.ones((50, 2), "float32")])
    on_circle.latent.kappa = 1e7
    apart = evaluation.mutual_information(on_circle, [directions(50)])

    assert same.mutual_information == pytest.approx(0, abs=1e-5)
    assert apart.mutual_information == pytest.approx(math.log(50), rel=1e-3)
    assert apart.limit == math.log(50)


def test_cutting_the_mixture_into_pieces_changes_nothing(on_circle):
    hidden = directions(40)
    whole = evaluation.mutual_information(on_circle, [hidden])
    pieces = evaluation.mutual_information(on_circle, [hidden], cells=100)

    assert pieces.mutual_information == pytest.approx(whole.mutual_information)


def test_a_gaussian_unit_is_active_if_its_mean_varies():
    latent = layers.GaussianLatent(3)
    scales = np.diag([1.0, 0.2, 0.02]).astype("float32")
    model = Encoded(latent, [scales, np.zeros(3)])
    hidden = np.random.default_rng(1).normal(size=(5000, 3)).astype("float32")
    found = evaluation.active_units(model, [hidden])

    assert found.active_units == 2
    np.testing.assert_allclose(found.variances, [1, 0.04, 0.0004], rtol=0.1)
    expected = (1 + 0.04) ** 2 / (1 + 0.04**2)
    assert found.effective_dimension == pytest.approx(expected, rel=0.05)


def test_spherical_units_are_measured_by_the_uniform_law():
    latent = layers.VonMisesFisherLatent(20, kappa=9.0)
    model = Encoded(latent, [np.eye(20), np.zeros(20)])
    hidden = np.random.default_rng(1).normal(size=(4000, 20)).astype("float32")
    everywhere = evaluation.active_units(model, [hidden])
    flat = evaluation.active_units(model, [hidden * (np.arange(20) < 2)])

    assert everywhere.active_units == 20
    np.testing.assert_allclose(everywhere.variances, 1, atol=0.15)
    assert everywhere.effective_dimension == pytest.approx(20, rel=0.02)
    assert flat.active_units == 2
    assert flat.effective_dimension == pytest.approx(2, rel=0.02)


def test_nothing_is_active_where_all_codes_are_one(on_circle):
    found = evaluation.active_units(on_circle, [np.ones((9, 2), "float32")])

    assert (found.active_units, found.effective_dimension) == (0, 0)


def test_a_model_without_a_code_has_no_information(make_model, sentences):
    model = make_model(layers.NoLatent())
    ids = model.tokenizer(sentences).to_tensor()

    assert evaluation.mutual_information(model, [ids]).mutual_information == 0
    assert evaluation.active_units(model, [ids]).latent_dim == 0


def test_a_trained_model_tells_its_sentences_apart(circle_model, sentences):
    ids = circle_model.tokenizer(sentences).to_tensor()
    found = evaluation.mutual_information(circle_model, [ids, ids[:0]])

    assert 0.1 < found.mutual_information <= found.limit == math.log(4)


def test_no_example_is_said(on_circle):
    with pytest.raises(ValueError, match="batches holds no example"):
        evaluation.mutual_information(on_circle, [])
    with pytest.raises(ValueError, match="batches holds no example"):
        evaluation.active_units(on_circle, [keras.ops.zeros((0, 2))])
