"""Scores are the bound of each text, and the user's seed repeats them."""

import numpy as np
import pytest

import tf_vmfvae
from tf_vmfvae import layers
from tf_vmfvae.evaluation import importance_weighted

TEXTS = ["a b", "", "c c d a unknown", "d"] * 20


@pytest.fixture(scope="module")
def model():
    latent = layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    words = ["a", "b", "c", "d"]
    return tf_vmfvae.models.NVRNN(words, latent, embedding_dim=8, hidden_dim=8, seed=2)


def test_scores_are_the_bound_that_evaluation_has(model):
    scores = model.score(TEXTS, samples=50)
    bounds = importance_weighted(model, [model.to_ids(TEXTS).to_tensor()], 50)

    assert scores["words"].tolist() == [3, 1, 6, 2] * 20
    np.testing.assert_allclose(
        scores["nll"], scores["reconstruction"] + scores["kl"], rtol=1e-6
    )
    np.testing.assert_allclose(scores["kl"].mean(), bounds.kl, rtol=1e-5)
    error = 6 * bounds.nll_standard_error
    assert abs(scores["nll"].mean() - bounds.nll) < error


def test_texts_in_every_batch_have_their_own_codes(model):
    # The same text in several batches: with one code each, the figures differ.
    nll = model.score(TEXTS, samples=1)["nll"].reshape(20, 4)[:, 2]

    assert len(np.unique(nll)) == 20


def test_a_seed_repeats_the_scores_and_another_does_not(model):
    first = model.score(TEXTS, samples=2, seed=3)["nll"]

    np.testing.assert_array_equal(model.score(TEXTS, samples=2, seed=3)["nll"], first)
    assert np.any(model.score(TEXTS, samples=2, seed=4)["nll"] != first)


def test_a_bad_number_of_samples_is_refused(model):
    for samples, message in ((0, "1 or more, not 0"), (1.5, "a whole number, not 1.5")):
        with pytest.raises(ValueError, match=f"samples must be {message}"):
            model.score(["a"], samples=samples)


def test_a_model_conditioned_on_labels_is_scored_with_them():
    latent = layers.GaussianLatent(3, seed=1)
    model = tf_vmfvae.models.NVRNN(
        ["a"], latent, hidden_dim=4, condition=layers.LabelCondition(2), seed=1
    )
    model.set_weights([8 * weight for weight in model.get_weights()])

    first, second = (
        model.score(["a"], samples=4, labels=[label])["nll"] for label in (0, 1)
    )
    assert first != second
    with pytest.raises(ValueError, match="labels are not given"):
        model.score(["a"])
