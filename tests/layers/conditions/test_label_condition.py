import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf

from tf_vmfvae import layers, models
from tf_vmfvae.ops.batch_inputs import padded

WORDS = ["profit", "rose", "fell"]
TEXTS = ["profit rose", "fell", "rose"]


@pytest.fixture
def model():
    latent = layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    condition = layers.LabelCondition(num_labels=3, units=5)
    return models.NVRNN(WORDS, latent, hidden_dim=8, condition=condition, seed=2)


def test_the_output_is_the_embedding_of_the_label():
    condition = layers.LabelCondition(num_labels=3, units=2, seed=1)

    # In files of all versions, row 0 belongs to no label.
    np.testing.assert_array_equal(
        condition(np.array([2, 0])), tf.gather(condition.layer.embeddings, [3, 1])
    )


def test_the_label_is_an_input_of_its_own(model):
    inputs = padded(model.to_ids(TEXTS, [0, 2, 1]))

    assert {*inputs} == {*model.input} == {"ids", "label"}
    assert model.input["label"].shape == (None,)
    np.testing.assert_array_equal(inputs["ids"], [[3, 4, 2], [5, 2, 0], [4, 2, 0]])
    np.testing.assert_array_equal(model.labels_of(inputs), [0, 2, 1])
    np.testing.assert_array_equal(model.count_words(inputs), [3, 2, 2])
    assert model.decoder([inputs, tf.ones([3, 4])]).shape[:2] == (3, 3)


def test_encoder_and_decoder_read_the_label(model):
    inputs = padded(model.to_ids(TEXTS, [0, 1, 2]))
    other = {**inputs, "label": tf.constant([1, 2, 0])}
    z = tf.ones([3, 4])

    hidden, other_hidden = model.encoder(inputs), model.encoder(other)
    assert np.all(np.abs(hidden - other_hidden).max(axis=1) > 1e-4)
    nll, other_nll = model.likelihood([inputs, z]), model.likelihood([other, z])
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
        ({"num_labels": 2, "label_names": ["a"]}, "label_names: give 2 different"),
        ({"num_labels": 2, "label_names": ["a", "a"]}, "label_names: give 2 different"),
        ({"num_labels": 2, "label_names": ["a", 1]}, "label_names: give 2 different"),
        ({"num_labels": 2, "label_names": 2}, "labels is 2: give a list"),
    ],
)
def test_arguments_out_of_range_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        layers.LabelCondition(**options)


NAMES = ["calm", "glad", "sad"]


@pytest.fixture
def named():
    latent = layers.VonMisesFisherLatent(4, kappa=9.0, seed=1)
    condition = layers.LabelCondition(3, units=5, label_names=NAMES)
    return models.NVRNN(WORDS, latent, hidden_dim=8, condition=condition, seed=2)


@pytest.mark.parametrize(
    "labels",
    [
        ["sad", "calm", "glad"],
        np.array(["sad", "calm", "glad"]),
        np.array(["sad", "calm", "glad"], object),
        np.array([b"sad", b"calm", b"glad"]),
        pd.Series(["sad", "calm", "glad"]),
        [2, 0, 1],
    ],
    ids=["list", "array", "objects", "bytes", "series", "numbers"],
)
def test_labels_may_be_given_by_name(named, labels):
    inputs = named.to_ids(TEXTS, labels)

    np.testing.assert_array_equal(inputs["label"], [2, 0, 1])


def test_names_work_wherever_labels_do_and_are_saved(named, tmp_path):
    named.compile(run_eagerly=True)
    named.fit({"text": TEXTS, "label": ["sad", "calm", "glad"]}, verbose=0)
    named.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")

    assert loaded.condition.label_names == NAMES
    names, numbers = ["sad", "glad", "sad"], [2, 1, 2]
    scores = loaded.score(TEXTS, samples=2, labels=names)
    np.testing.assert_array_equal(
        scores["nll"], named.score(TEXTS, samples=2, labels=numbers)["nll"]
    )
    assert loaded.generate(2, labels=["glad"], seed=1) == named.generate(
        2, labels=[1], seed=1
    )
    assert loaded.reconstruct(TEXTS, labels=names) == named.reconstruct(
        TEXTS, labels=numbers
    )


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["sad", "bad", "sad"], "label 'bad' of text 2 is unknown: .* calm, glad, sad"),
        (["sad", None, "sad"], "label None of text 2 is out of range"),
        (["sad", "sad"], r"labels have the shape \(2,\)"),
        ([["sad"], ["sad"], ["sad"]], r"labels have the shape \(3, 1\)"),
        ([0, 1, 3], "label 3 of text 3 is out of range"),
    ],
)
def test_labels_that_the_model_does_not_know_are_named(named, labels, message):
    with pytest.raises(ValueError, match=message):
        named.to_ids(TEXTS, labels)
