"""The preprocessor of a model, and what happens without one."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from tests.models.text_models import (
    BY_HAND,
    MAKERS,
    TEXTS,
    batches_of,
    data_of,
    make_documents,
    make_sentences,
)

every_model = pytest.mark.parametrize("name", MAKERS)


@every_model
def test_the_preprocessor_returns_what_the_model_reads(name):
    preprocessor = MAKERS[name]().preprocessor
    [batch] = batches_of(data_of(name), 5).map(preprocessor)
    for found in (preprocessor(data_of(name)), batch):
        keras.tree.map_structure(np.testing.assert_array_equal, found, BY_HAND[name])


def test_the_preprocessor_has_the_models_tokenizer():
    model = make_sentences()
    assert model.preprocessor.tokenizer is model.tokenizer
    assert make_documents().preprocessor.tokenizer("Ball, ball!") == ["ball", "ball"]


@every_model
def test_without_a_preprocessor_text_is_refused_and_ids_are_read(name):
    model = MAKERS[name]()
    expected = float(model.test_on_batch(data_of(name))[0])
    model.preprocessor = None
    for data in (data_of(name), batches_of(data_of(name))):
        with pytest.raises(
            ValueError, match=r"^x is text, but model.preprocessor is None"
        ):
            model.evaluate(data, verbose=0)
    model.reset_metrics()
    assert model.test_on_batch(BY_HAND[name])[0] == pytest.approx(expected)


def test_the_preprocessor_may_be_the_users_own_function():
    model = make_sentences()
    model.preprocessor = lambda texts: tf.fill([tf.size(texts), 3], 2)
    expected = model(np.full([5, 3], 2))["reconstruction"][0]
    for data in (TEXTS, batches_of(TEXTS)):
        loss, *_ = model.evaluate(data, verbose=0)
        assert loss == pytest.approx(float(expected), rel=1e-5)


@every_model
def test_a_loaded_model_reads_text(name, tmp_path):
    model = MAKERS[name]()
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    predicted = loaded.predict_on_batch(data_of(name))["reconstruction"]
    expected = model(BY_HAND[name])["reconstruction"]
    np.testing.assert_allclose(predicted, expected, rtol=1e-5)


def test_a_data_set_splits_documents_into_words_as_transform_does():
    texts = ["Caf\u00e9-Ball (snow)!", "GOAL cafe\u0301 _rain_", "xyzzy", ""]
    preprocessor = make_documents().preprocessor
    [batch] = tf.data.Dataset.from_tensors(texts).map(preprocessor)
    rows = [[(1, 1), (3, 1), (5, 1)], [(2, 1), (3, 1)], [], []]
    found = [[tuple(pair) for pair in row if pair[0]] for row in batch.numpy().tolist()]
    assert found == rows


def test_a_streamed_document_without_a_known_word_counts_in_no_mean():
    model = make_documents()
    expected = model.evaluate(TEXTS, verbose=0)
    texts = ["xyzzy", *TEXTS, ""]
    assert model.evaluate(batches_of(texts), verbose=0) == pytest.approx(expected)
