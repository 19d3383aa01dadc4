"""Active units, compared with closed forms."""

import keras
import numpy as np
import pytest

from tf_vmfvae import evaluation, layers


def test_a_gaussian_unit_is_active_if_its_mean_varies(identity_encoder):
    latent = layers.GaussianLatent(3)
    scales = np.diag([1.0, 0.2, 0.02]).astype("float32")
    model = identity_encoder(latent, [scales, np.zeros(3)])
    hidden = np.random.default_rng(1).normal(size=(5000, 3)).astype("float32")
    found = evaluation.active_units(model, [hidden])

    assert found.active_units == 2
    np.testing.assert_allclose(found.variances, [1, 0.04, 0.0004], rtol=0.1)
    expected = (1 + 0.04) ** 2 / (1 + 0.04**2)
    assert found.effective_dimension == pytest.approx(expected, rel=0.05)


def test_spherical_units_are_compared_with_the_uniform_distribution(identity_encoder):
    latent = layers.VonMisesFisherLatent(20, kappa=9.0)
    model = identity_encoder(latent, [np.eye(20), np.zeros(20)])
    hidden = np.random.default_rng(1).normal(size=(4000, 20)).astype("float32")
    everywhere = evaluation.active_units(model, [hidden])
    flat = evaluation.active_units(model, [hidden * (np.arange(20) < 2)])

    assert everywhere.active_units == 20
    np.testing.assert_allclose(everywhere.variances, 1, atol=0.15)
    assert everywhere.effective_dimension == pytest.approx(20, rel=0.02)
    assert flat.active_units == 2
    assert flat.effective_dimension == pytest.approx(2, rel=0.02)


def test_no_unit_is_active_if_all_codes_are_the_same(on_circle):
    found = evaluation.active_units(on_circle, [np.ones((9, 2), "float32")])

    assert (found.active_units, found.effective_dimension) == (0, 0)


def test_a_model_without_a_code_has_no_units(make_model, sentences):
    model = make_model(layers.NoLatent())
    ids = model.tokenizer(sentences).to_tensor()

    assert evaluation.active_units(model, [ids]).as_dict() == {
        "active_units": 0,
        "effective_dimension": 0.0,
        "variances": [],
        "latent_dim": 0,
    }


def test_a_data_set_without_examples_is_refused(on_circle):
    with pytest.raises(ValueError, match="batches holds no example"):
        evaluation.active_units(on_circle, [keras.ops.zeros((0, 2))])
