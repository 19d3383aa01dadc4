import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae import layers, models

WORDS = ["profit", "rose", "fell"]
TEXTS = ["profit rose", "fell", "rose"]


@pytest.fixture
def model():
    latent = layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    condition = layers.LabelCondition(num_labels=3, units=5)
    return models.NVRNN(WORDS, latent, hidden_dim=8, condition=condition, seed=2)


def test_the_output_is_the_embedding_of_the_label():
    condition = layers.LabelCondition(num_labels=3, units=2, seed=1)
    ids = np.array([[3, 4, 2], [1, 2, 0]])

    np.testing.assert_array_equal(
        condition(ids), tf.gather(condition.layer.embeddings, [3, 1])
    )


def test_the_label_comes_first_and_is_not_a_word(model):
    ids = model.to_ids(TEXTS, [0, 2, 1]).to_tensor()

    np.testing.assert_array_equal(ids[:, 0], [1, 3, 2])
    np.testing.assert_array_equal(model.labels_of(ids), [0, 2, 1])
    np.testing.assert_array_equal(model.count_words(ids), [3, 2, 2])
    assert model.decoder([ids, tf.ones([3, 4])]).shape[1] == ids.shape[1] - 1


def test_encoder_and_decoder_read_the_label(model):
    ids = model.to_ids(TEXTS, [0, 1, 2]).to_tensor()
    other = model.to_ids(TEXTS, [1, 2, 0]).to_tensor()
    z = tf.ones([3, 4])

    assert np.all(np.abs(model.encoder(ids) - model.encoder(other)).max(axis=1) > 1e-4)
    nll, other_nll = model.likelihood([ids, z]), model.likelihood([other, z])
    assert np.all(np.abs(nll - other_nll) > 1e-5)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, "labels are not given: the model has a LabelCondition"),
        ([0, 1], r"labels have the shape \(2,\): give one for each of 3 texts"),
        ([[0], [1], [2]], r"labels have the shape \(3, 1\)"),
        ([0, 3, 1], "label 3 of text 2 is out of range: labels are 0 to 2"),
        ([0, 1, -1], "label -1 of text 3 is out of range"),
        (["0", "1", "1"], "label '0' of text 1 is out of range"),
        ([0.5, 1, 1], "label 0.5 of text 1 is out of range"),
    ],
)
def test_invalid_labels_are_refused_by_name(model, labels, message):
    with pytest.raises(ValueError, match=message):
        model.to_ids(TEXTS, labels)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"num_labels": 0}, "num_labels is 0: give at least 1"),
        ({"num_labels": None}, "num_labels is None: give at least 1"),
        ({"num_labels": 3, "units": 0}, "units is 0: give at least 1"),
    ],
)
def test_arguments_out_of_range_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        layers.LabelCondition(**options)
