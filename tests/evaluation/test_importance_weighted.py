"""Bounds from many samples, compared with each other and with the likelihood."""

import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import evaluation, layers


@pytest.fixture(scope="module")
def ids(circle_model, sentences):
    return circle_model.tokenizer(sentences).to_tensor()


@pytest.fixture(scope="module")
def exact_nll(integrated_nll, ids):
    """`-log p(x)` per sentence, with the code integrated over the circle."""
    return np.mean([integrated_nll(row) for row in ids])


@pytest.fixture(scope="module")
def bounds(circle_model, ids):
    levels = (1, 10, 100, 1000, 30_000)
    return evaluation.importance_weighted(circle_model, [ids], levels)


def test_the_bound_of_many_samples_is_the_exact_likelihood(bounds, exact_nll):
    assert bounds.nll_iw[30_000] == pytest.approx(exact_nll, rel=1e-3)
    error = bounds.nll_iw_standard_error[30_000]
    assert abs(bounds.nll_iw[30_000] - exact_nll) < 4 * error


def test_the_bound_falls_with_the_number_of_samples(bounds, exact_nll):
    nll = list(bounds.nll_iw.values())

    assert bounds.nll > exact_nll + 0.05
    assert all(
        later < earlier + 4 * bounds.nll_iw_standard_error[samples]
        for samples, earlier, later in zip(bounds.nll_iw, nll, nll[1:], strict=False)
    )
    assert bounds.nll_iw[1000] < bounds.nll


@pytest.fixture(scope="module")
def draws(circle_model, ids):
    """Reconstruction and log q/p of single samples, each `(2000, 4)`."""
    posterior = circle_model.latent.posterior(circle_model.encoder(ids))
    z = posterior.sample(2000, seed=(5, 6))
    copies = tf.repeat(ids[None], 2000, axis=0)
    flat = tf.reshape(copies, [8000, -1]), tf.reshape(z, [8000, -1])
    nll = tf.reshape(circle_model.likelihood(list(flat)), [2000, 4])
    log_ratio = posterior.log_prob(z) - circle_model.latent.prior().log_prob(z)
    return nll.numpy(), log_ratio.numpy()


def test_one_sample_gives_the_evidence_lower_bound(circle_model, ids, draws):
    again = evaluation.importance_weighted(circle_model, [ids] * 200, 1)
    error = draws[1].std(axis=0).mean() / np.sqrt(800)

    assert again.examples == 800
    assert abs(again.nll_iw[1] - again.nll) < 4 * error


def test_the_average_bound_and_its_error_are_those_of_single_samples(
    circle_model, ids, bounds, draws
):
    fifty = evaluation.importance_weighted(circle_model, [ids] * 20, 50)
    spread = np.sqrt(draws[0].var(axis=0).sum() / 4 / 80 / 50)

    assert fifty.nll_standard_error == pytest.approx(spread, rel=0.2)
    assert abs(fifty.nll - bounds.nll) < 4 * spread
    kl = float(circle_model.latent.exact_kl(circle_model.latent.kappa))
    assert abs(draws[0].mean() + kl - bounds.nll) < 4 * spread
    single = evaluation.evaluate(circle_model, [ids] * 200)
    assert abs(single.nll - bounds.nll) < 4 * spread * np.sqrt(4000 / 800)
    assert bounds.ppl == pytest.approx(np.exp(bounds.nll * 4 / bounds.tokens))


def test_little_memory_changes_only_the_noise(circle_model, ids):
    whole = evaluation.importance_weighted(circle_model, [ids], 60)
    # Enough for a row or two: rows and samples are taken one after the other.
    small = evaluation.importance_weighted(circle_model, [ids], 60, memory=500)

    assert (small.examples, small.tokens) == (whole.examples, whole.tokens)
    assert small.kl == pytest.approx(whole.kl)
    error = np.hypot(small.nll_standard_error, whole.nll_standard_error)
    assert abs(small.nll - whole.nll) < 5 * error
    error = small.nll_iw_standard_error[60] + whole.nll_iw_standard_error[60]
    assert abs(small.nll_iw[60] - whole.nll_iw[60]) < 5 * error


def test_empty_rows_are_not_counted(circle_model, ids):
    empty = tf.zeros([3, ids.shape[1]], tf.int32)
    plain = evaluation.importance_weighted(circle_model, [ids], 500)
    padded = evaluation.importance_weighted(
        circle_model, [ids[:2], tf.concat([ids[2:], empty], 0)], 500
    )

    assert (padded.examples, padded.tokens) == (plain.examples, plain.tokens)
    assert abs(padded.nll - plain.nll) < 5 * plain.nll_standard_error


def test_a_model_without_a_code_has_its_exact_likelihood(make_model, sentences):
    model = make_model(layers.NoLatent())
    ids = model.tokenizer(sentences).to_tensor()
    bounds = evaluation.importance_weighted(model, [ids], (1, 1000))

    exact = float(tf.reduce_mean(model(ids)["reconstruction"]))
    assert bounds.nll == pytest.approx(exact, rel=1e-6)
    assert list(bounds.nll_iw.values()) == pytest.approx([exact] * 2, rel=1e-6)
    assert bounds.nll_standard_error == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    "latent",
    [
        layers.LearnedVonMisesFisherLatent(4, kappa=9.0, seed=1),
        layers.PowerSphericalLatent(4, kappa=9.0, seed=1),
        layers.SphericalCauchyLatent(4, kappa=9.0, seed=1),
        layers.VonMisesFisherNormLatent(4, kappa=9.0, seed=1),
        layers.GaussianLatent(4, seed=1),
    ],
    ids=lambda latent: type(latent).__name__,
)
def test_every_latent_has_both_bounds(make_model, sentences, latent):
    model = make_model(latent)
    ids = model.tokenizer(sentences).to_tensor()
    bounds = evaluation.importance_weighted(model, [ids], (1, 2000))

    error = bounds.nll_standard_error + bounds.nll_iw_standard_error[2000]
    assert bounds.nll_iw[2000] < bounds.nll + 4 * error
    assert np.isfinite(bounds.ppl_iw[1])


def test_bad_arguments_and_empty_data_are_refused(circle_model, ids):
    with pytest.raises(ValueError, match="samples must be 1 or more, not 0"):
        evaluation.importance_weighted(circle_model, [ids], 0)
    with pytest.raises(ValueError, match=r"samples must be 1 or more, not \[\]"):
        evaluation.importance_weighted(circle_model, [ids], [])
    with pytest.raises(ValueError, match="batches holds no example"):
        evaluation.importance_weighted(circle_model, [])
    with pytest.raises(ValueError, match="batches holds no example"):
        evaluation.importance_weighted(circle_model, [tf.zeros([2, 3], tf.int32)])
