"""Scores are the bound of each text, and the user's seed repeats them."""

import numpy as np
import pytest
import tensorflow as tf

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


def test_a_data_set_is_scored_like_a_list(model):
    expected = model.score(TEXTS[:5], samples=2)["nll"]
    single = tf.data.Dataset.from_tensor_slices(TEXTS[:5])

    for texts in (single, single.batch(2), {"text": TEXTS[:5]}):
        np.testing.assert_array_equal(model.score(texts, samples=2)["nll"], expected)
    assert model.score(single.take(0))["nll"].shape == (0,)
    with pytest.raises(ValueError, match=r"^texts\[0\] is 0.5: give a string"):
        model.score(tf.data.Dataset.from_tensors([0.5]))
    with pytest.raises(ValueError, match=r"^texts has labels, which the model does"):
        model.score({"text": ["a"], "label": [0]})


def test_labels_may_come_with_the_texts():
    model = tf_vmfvae.models.NVRNN(
        ["a", "b"], layers.NoLatent(), hidden_dim=4, condition=layers.LabelCondition(2)
    )
    texts, labels = ["a", "b a", "b"], [1, 0, 1]
    expected = model.score(texts, samples=1, labels=labels)["nll"]
    both = {"text": texts, "label": labels}

    for data in (both, tf.data.Dataset.from_tensor_slices(both).batch(2)):
        np.testing.assert_array_equal(model.score(data, samples=1)["nll"], expected)


def test_documents_are_scored_as_evaluation_does():
    latent = layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    model = tf_vmfvae.models.NVDM(["ball", "rain"], latent, hidden_dim=4, seed=2)
    texts = ["Ball, ball!", "rain", "Rain on a ball."]
    scores = model.score(texts, samples=400)
    bounds = importance_weighted(model, [model.preprocessor(texts)], 400)

    assert scores["words"].tolist() == [2, 1, 2]
    np.testing.assert_allclose(scores["kl"].mean(), bounds.kl, rtol=1e-5)
    error = 6 * bounds.nll_standard_error
    assert abs(scores["nll"].mean() - bounds.nll) < error
    with pytest.raises(ValueError, match=r"^document 2 of 2 \('xyzzy'\) has no word"):
        model.score(["ball", "xyzzy"])
    with pytest.raises(ValueError, match=r"^labels: the model reads none; leave them"):
        model.score(["ball"], labels=[1])
