import numpy as np
import pytest

from tf_vmfvae import layers, models

WORDS = ["profit", "rose", "fell"]


@pytest.fixture
def condition():
    return layers.BagOfWordsCondition(units=3, seed=1)


def test_the_output_is_a_linear_map_of_the_mean_over_the_words(condition):
    ids = np.array([[3, 4, 2], [5, 2, 0]])
    embedded = np.random.default_rng(1).normal(size=(2, 3, 4)).astype("float32")
    outputs = condition(ids, embedded)

    kernel, bias = condition.layer.weights
    means = np.stack([embedded[0].mean(axis=0), embedded[1, :2].mean(axis=0)])
    np.testing.assert_allclose(outputs, means @ kernel + bias, rtol=1e-5, atol=1e-6)


def test_the_decoder_reads_the_words_regardless_of_their_order():
    latent = layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    condition = layers.BagOfWordsCondition(units=3)
    model = models.NVRNN(WORDS, latent, hidden_dim=8, condition=condition, seed=2)
    read = model.conditioner(
        model.to_ids(["profit rose", "rose profit", "profit fell"]).to_tensor()
    )

    np.testing.assert_allclose(read[0], read[1], atol=1e-6)
    assert np.abs(read[0] - read[2]).max() > 1e-4
    assert model.needs_texts
    assert not model.needs_labels


def test_it_reads_texts_and_no_labels(condition):
    ids = np.array([[3, 2]])

    assert not condition.needs_labels
    assert condition.num_labels is None
    np.testing.assert_array_equal(condition.words(ids), ids)
    with pytest.raises(NotImplementedError, match="BagOfWordsCondition reads no label"):
        condition.labels(ids)


def test_a_width_below_1_is_refused():
    with pytest.raises(ValueError, match="units is 0: give at least 1"):
        layers.BagOfWordsCondition(units=0)
