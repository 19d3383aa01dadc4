"""A prior that is learned once the posteriors are."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp

from tf_vmfvae import evaluation, layers, models
from tf_vmfvae.distributions import VonMisesFisher

tfd = tfp.distributions
D, KAPPA = 6, 60.0


def around(centres, count, kappa, seed):
    """Unit vectors about centres that take turns."""
    directions = np.resize(centres, (count, D)).astype("float32")
    return VonMisesFisher(directions, kappa).sample(seed=(seed, 0)).numpy()


CENTRES = np.eye(D)[[0, 3]]


def test_it_is_uniform_before_it_has_learned():
    prior = layers.AggregatePrior(5, D).distribution()
    z = around(CENTRES, 4, 2.0, seed=1)
    np.testing.assert_allclose(
        prior.log_prob(z), tfd.SphericalUniform(D).log_prob(z), rtol=1e-5
    )


def test_it_learns_how_far_codes_are_scattered():
    # Codes about two centres: with those as components the concentration is theirs.
    prior = layers.AggregatePrior(2, D)
    codes = around(CENTRES, 20_000, 25.0, seed=1)
    gain = prior.learn(CENTRES.astype("float32"), codes)
    np.testing.assert_allclose(prior.concentration, 25.0, rtol=0.03)
    gained = prior.distribution().log_prob(codes) - tfd.SphericalUniform(D).log_prob(
        codes
    )
    np.testing.assert_allclose(gain, np.mean(gained), rtol=1e-3)


def test_where_there_is_nothing_to_learn_it_stays_uniform():
    uniform = tfd.SphericalUniform(D)
    prior = layers.AggregatePrior(50, D)
    gain = prior.learn(uniform.sample(50, seed=1), uniform.sample(4000, seed=2))
    assert -1e-3 < gain < 0.05
    assert prior.concentration < 3


@pytest.mark.parametrize(("examples", "distinct"), [(3, 3), (20, 8)])
def test_of_many_examples_some_are_drawn_and_few_are_repeated(examples, distinct):
    directions = around(CENTRES, examples, 5.0, seed=1)
    prior = layers.AggregatePrior(8, D)
    prior.learn(directions, directions, seed=2)
    found = np.unique(prior.directions.numpy(), axis=0)
    assert len(found) == distinct
    assert {tuple(row) for row in found} <= {tuple(row) for row in directions}


def test_nothing_to_learn_from_is_named():
    with pytest.raises(ValueError, match="no direction or no code"):
        layers.AggregatePrior(2, D).learn(np.zeros([0, D]), CENTRES)
    with pytest.raises(ValueError, match="components is 0"):
        layers.AggregatePrior(0, D)


WORDS = [f"w{i}" for i in range(12)]


@pytest.fixture
def model():
    latent = layers.VonMisesFisherLatent(D, KAPPA, seed=1, prior_components=40)
    return models.NVRNN(WORDS, latent, embedding_dim=8, hidden_dim=12, seed=2)


def hidden_of(model, seed):
    rng = np.random.default_rng(seed)
    texts = [" ".join(rng.choice(WORDS, 4)) for _ in range(60)]
    ids = model.to_ids(texts).to_tensor()
    return ids, model.encoder(ids)


def test_training_is_charged_the_constant_whatever_the_prior(model):
    _, hidden = hidden_of(model, 1)
    model.latent.learn_prior(hidden, hidden)
    _, kl = model.latent(hidden, training=True)
    np.testing.assert_allclose(kl, model.latent.exact_kl(KAPPA), rtol=1e-6)


def test_the_kl_is_the_one_to_the_learned_prior(model):
    _, hidden = hidden_of(model, 1)
    ids, held_out = hidden_of(model, 2)
    latent = model.latent
    constant = latent.exact_kl(KAPPA)
    np.testing.assert_allclose(latent(held_out)[1], constant, rtol=1e-4)

    gain = latent.learn_prior(hidden, held_out)

    posterior = latent.posterior(held_out)
    z = posterior.sample(3000, seed=(5, 6))
    exact = tf.reduce_mean(posterior.log_prob(z) - latent.prior().log_prob(z), axis=0)
    # Encoders that have learned nothing say much the same of everything.
    assert np.mean(exact) < constant - 1
    np.testing.assert_allclose(constant - np.mean(exact), gain, atol=0.4)
    np.testing.assert_allclose(np.mean(latent.kl(posterior)), np.mean(exact), atol=0.1)
    # One sample's importance weight holds the same KL, so that the bounds agree.
    bounds = evaluation.importance_weighted(model, [ids], (1, 200))
    assert bounds.nll_iw[200] < bounds.nll
    np.testing.assert_allclose(bounds.nll_iw[1], bounds.nll, atol=0.5)


def test_a_loaded_model_has_the_prior(model, tmp_path):
    ids, hidden = hidden_of(model, 1)
    model.latent.learn_prior(hidden, hidden)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.latent.prior_components == 40
    np.testing.assert_array_equal(loaded(ids)["kl"], model(ids)["kl"])
    assert loaded.generate(3, seed=1) == model.generate(3, seed=1)


def test_it_is_as_precise_in_mixed_bfloat16():
    hidden = np.random.default_rng(1).normal(size=(60, 8)).astype("float32")
    wide, mixed = (
        layers.VonMisesFisherLatent(D, KAPPA, seed=1, prior_components=40, dtype=dtype)
        for dtype in ("float32", "mixed_bfloat16")
    )
    for latent in (wide, mixed):
        latent(hidden)
        latent.learn_prior(hidden, hidden)
    mixed.set_weights(wide.get_weights())
    kl = mixed(hidden)[1]
    assert kl.dtype == tf.float32
    # Products of features are in bfloat16.
    np.testing.assert_allclose(kl, wide(hidden)[1], rtol=0.03)


def test_a_uniform_prior_has_nothing_to_learn():
    latent = layers.VonMisesFisherLatent(D, KAPPA)
    with pytest.raises(ValueError, match="prior_components is 0"):
        latent.learn_prior(np.ones([2, 3]), np.ones([2, 3]))
    with pytest.raises(ValueError, match="prior_components is -1"):
        layers.VonMisesFisherLatent(D, KAPPA, prior_components=-1)
