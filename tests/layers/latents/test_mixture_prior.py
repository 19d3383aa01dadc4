"""A prior that is learned together with the posteriors."""

import keras
import numpy as np
import pytest
import tensorflow as tf
import tensorflow_probability as tfp

from tests.layers.latents.prior_fitting import fit
from tf_vmfvae import evaluation, layers, models
from tf_vmfvae.distributions import VonMisesFisher

tfd = tfp.distributions
D, KAPPA = 6, 60.0
CENTRES = np.eye(D, dtype="float32")[[0, 3]]


def around(centres, count, kappa, seed):
    """Returns unit vectors around each centre in turn."""
    directions = np.resize(centres, (count, D))
    return VonMisesFisher(directions, kappa).sample(seed=(seed, 0))


def test_a_prior_of_many_components_is_almost_uniform_at_first():
    uniform = tfd.SphericalUniform(D)
    z = uniform.sample(2000, seed=1)
    log_p = layers.MixturePrior(4000, D, seed=1).distribution().log_prob(z)
    assert abs(np.mean(log_p) - uniform.log_prob(z)[0]) < 2e-3
    assert np.std(log_p) < 0.05


def test_the_prior_learns_centres_concentrations_and_shares():
    # Three quarters around one centre, and one quarter closer around the other.
    codes = tf.concat(
        [
            around(CENTRES[:1], 6000, 25.0, seed=1),
            around(CENTRES[1:], 2000, 50.0, seed=2),
        ],
        axis=0,
    )
    prior = layers.MixturePrior(2, D, seed=1)
    fit(prior, codes)
    found = prior.distribution()
    order = np.argsort(found.logits)[::-1]
    directions = found.mean_directions.numpy()[order]
    np.testing.assert_allclose(directions, CENTRES, atol=0.02)
    np.testing.assert_allclose(
        found.concentration.numpy()[order], [25.0, 50.0], rtol=0.05
    )
    shares = tf.nn.softmax(found.logits).numpy()[order]
    np.testing.assert_allclose(shares, [0.75, 0.25], atol=0.01)


def test_a_prior_fitted_to_uniform_codes_stays_uniform():
    uniform = tfd.SphericalUniform(D)
    prior = layers.MixturePrior(50, D, seed=1)
    fit(prior, uniform.sample(20_000, seed=1))
    z = uniform.sample(4000, seed=2)
    loss = np.mean(uniform.log_prob(z) - prior.distribution().log_prob(z))
    # Overfitting costs about half a nat for each of 400 weights: 0.01 per code.
    assert -1e-3 < loss < 0.02


def test_invalid_numbers_of_components_are_refused():
    with pytest.raises(ValueError, match="components is 0"):
        layers.MixturePrior(0, D)
    with pytest.raises(ValueError, match="prior_components must be at least 0"):
        layers.VonMisesFisherLatent(D, KAPPA, prior_components=-1)


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


def learn(model):
    """Fits the prior to the posteriors of some sentences."""
    _, hidden = hidden_of(model, 1)
    fit(
        model.latent.mixture_prior,
        tf.reshape(model.latent.posterior(hidden).sample(50, seed=(7, 8)), [-1, D]),
    )


def test_the_kl_is_the_divergence_from_the_learned_prior(model):
    ids, held_out = hidden_of(model, 2)
    latent = model.latent
    constant = latent.exact_kl(KAPPA)
    np.testing.assert_allclose(latent(held_out)[1], constant, atol=0.7)

    learn(model)

    posterior = latent.posterior(held_out)
    z = posterior.sample(3000, seed=(5, 6))
    exact = tf.reduce_mean(posterior.log_prob(z) - latent.prior().log_prob(z), axis=0)
    # An untrained encoder gives similar posteriors to all sentences.
    assert np.mean(exact) < constant - 1
    np.testing.assert_allclose(np.mean(latent.kl(posterior)), np.mean(exact), atol=0.1)
    # Training estimates it from new draws each time.
    repeated = tf.tile(held_out, [100, 1])
    first, second = (latent(repeated, training=True)[1] for _ in range(2))
    assert np.any(first != second)
    estimates = tf.reshape(first, [100, -1])
    np.testing.assert_allclose(np.mean(estimates, 0), exact, atol=0.5)
    np.testing.assert_allclose(np.mean(estimates), np.mean(exact), atol=0.05)
    # With one sample the importance-weighted bound estimates the same bound.
    bounds = evaluation.importance_weighted(model, [ids], (1, 200))
    assert bounds.nll_iw[200] < bounds.nll
    np.testing.assert_allclose(bounds.nll_iw[1], bounds.nll, atol=0.5)


def test_training_has_gradients_for_prior_and_posteriors(model):
    ids, _ = hidden_of(model, 1)
    with tf.GradientTape() as tape:
        kl = tf.reduce_mean(model(ids, training=True)["kl"])
    weights = [
        *model.latent.mixture_prior.trainable_weights,
        *model.latent.mean_direction.trainable_weights,
    ]
    assert len(weights) == 5
    for gradient in tape.gradient(kl, weights):
        assert np.linalg.norm(gradient) > 0


def test_a_loaded_model_has_the_learned_prior(model, tmp_path):
    ids, _ = hidden_of(model, 1)
    learn(model)
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert loaded.latent.prior_components == 40
    np.testing.assert_array_equal(loaded(ids)["kl"], model(ids)["kl"])
    assert loaded.generate(3, seed=1) == model.generate(3, seed=1)


def test_the_kl_is_float32_in_mixed_bfloat16():
    hidden = np.random.default_rng(1).normal(size=(60, 8)).astype("float32")
    wide, mixed = (
        layers.VonMisesFisherLatent(D, KAPPA, seed=1, prior_components=40, dtype=dtype)
        for dtype in ("float32", "mixed_bfloat16")
    )
    for latent in (wide, mixed):
        latent(hidden)
    mixed.set_weights(wide.get_weights())
    kl = mixed(hidden)[1]
    assert kl.dtype == tf.float32
    # Only products of features are in bfloat16.
    np.testing.assert_allclose(kl, wide(hidden)[1], rtol=0.03)


# === Gaussian codes ===


def test_a_gaussian_prior_has_mean_0_and_variance_1_at_first():
    z = (
        layers.GaussianMixturePrior(2000, 3, seed=1)
        .distribution()
        .sample(20_000, (1, 2))
    )
    np.testing.assert_allclose(np.mean(z, axis=0), 0.0, atol=0.05)
    np.testing.assert_allclose(np.var(z, axis=0), 1.0, atol=0.05)


def test_a_gaussian_prior_learns_means_widths_and_shares():
    rng = np.random.default_rng(1)
    codes = np.concatenate(
        [rng.normal([2.0, 0.0], [0.5, 1.0], (3000, 2)), rng.normal(-1, 0.3, (1000, 2))]
    ).astype("float32")
    prior = layers.GaussianMixturePrior(2, 2, seed=1)
    fit(prior, codes, steps=400)
    found = prior.distribution()
    shares = tf.nn.softmax(found.logits).numpy()
    order = np.argsort(shares)[::-1]
    components = found.components

    np.testing.assert_allclose(shares[order], [0.75, 0.25], atol=0.02)
    means = components.mean().numpy()[order]
    np.testing.assert_allclose(means, [[2.0, 0.0], [-1, -1]], atol=0.06)
    widths = components.stddev().numpy()[order]
    np.testing.assert_allclose(widths, [[0.5, 1.0], [0.3, 0.3]], rtol=0.1)


def gaussian(dtype=None):
    latent = layers.GaussianLatent(3, seed=1, prior_components=4, dtype=dtype)
    latent(HIDDEN)
    latent.mixture_prior.log_shares.assign([0.1, 0.0, -0.1, 0.05])
    return latent


HIDDEN = np.random.default_rng(5).normal(size=(6, 7)).astype("float32")


def test_the_kl_of_a_gaussian_code_is_to_the_learned_prior():
    latent = gaussian()
    posterior, prior = latent.posterior(HIDDEN), latent.prior()
    z = posterior.sample(20_000, seed=(1, 2))
    exact = np.mean(posterior.log_prob(z) - prior.log_prob(z), axis=0)
    np.testing.assert_allclose(latent(HIDDEN)[1], exact, atol=0.5)
    # Many estimates in training have the right mean.
    _, kl = latent(np.tile(HIDDEN, [2000, 1]), training=True)
    np.testing.assert_allclose(
        np.mean(np.reshape(kl, [2000, 6]), axis=0), exact, atol=0.05
    )


def test_a_mixture_of_one_standard_normal_is_the_fixed_prior():
    latent = layers.GaussianLatent(3, seed=1, prior_components=1)
    _, before = layers.GaussianLatent(3, seed=1)(HIDDEN)
    latent(HIDDEN)
    prior = latent.mixture_prior
    prior.means.assign(np.zeros((1, 3)))
    prior.log_widths.assign(np.full((1, 3), -0.5 * np.log(0.75) / 10))
    np.testing.assert_allclose(latent(HIDDEN)[1], before, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        (layers.GaussianLatent, {"latent_dim": 3}),
        (layers.NaturalSphereProductLatent, {"latent_dim": 6, "spheres": 2}),
    ],
)
def test_a_model_trains_and_loads_with_a_learned_prior(kind, options, tmp_path):
    code = kind(**options, seed=1, prior_components=4, minimum_rate=1.0)
    model = models.NVDM(WORDS, code, hidden_dim=8, seed=2)
    pairs = np.array([[[1, 2], [3, 1]], [[2, 4], [0, 0]]], "int32")
    before = [weight.numpy() for weight in code.mixture_prior.weights]
    model.compile(keras.optimizers.Adam(0.01))
    model.fit(pairs, verbose=0)
    for weight, value in zip(code.mixture_prior.weights, before, strict=True):
        assert np.any(weight.numpy() != value)

    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    np.testing.assert_array_equal(loaded(pairs)["kl"], model(pairs)["kl"])
    bounds = evaluation.importance_weighted(model, [pairs], (1, 200))
    assert bounds.nll_iw[200] < bounds.nll + 0.1


def test_a_learned_prior_with_batch_norm_is_refused():
    with pytest.raises(ValueError, match="leave batch_norm or prior_components out"):
        layers.GaussianLatent(3, batch_norm=0.5, prior_components=2)
    assert gaussian("mixed_bfloat16")(HIDDEN)[1].dtype == tf.float32
