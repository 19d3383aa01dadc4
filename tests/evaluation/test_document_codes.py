"""Topics, coherence, neighbours and labels of documents."""

import numpy as np
import pytest

import tf_vmfvae
from tf_vmfvae import data, evaluation, layers

WORDS = ["ball", "goal", "team", "rain", "snow", "wind"]


@pytest.fixture(scope="module")
def documents():
    """Documents about sport or about the weather."""
    rng = np.random.default_rng(0)
    first = 3 * np.arange(60) % 6
    rows = [
        [(start + 1 + i, int(rng.integers(1, 4))) for i in range(3)] for start in first
    ]
    return data.Documents.from_rows(rows, np.where(first == 0, "sport", "weather"))


@pytest.fixture(scope="module")
def model(documents):
    latent = layers.VonMisesFisherLatent(3, kappa=20.0, seed=1)
    model = tf_vmfvae.models.NVDM(WORDS, latent, hidden_dim=16, seed=1)
    model.compile("adam")
    model.optimizer.learning_rate = 0.02
    batches = data.DocumentBatches(documents, batch_size=20)
    model.fit(batches.dataset().repeat(), steps_per_epoch=60, verbose=0)
    return model


def test_topics_are_what_the_documents_are_about(model, documents):
    found = evaluation.find_topics(model, documents, topics=2, words=3)

    assert sorted(map(sorted, found.top_words)) == [WORDS[:3], WORDS[3:]]
    assert found.diversity() == 1
    assert found.sizes.tolist() == [30, 30]
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1)
    sport = found.topic_of == found.topic_of[0]
    assert np.array_equal(sport, documents.labels == documents.labels[0])


def test_topics_that_go_together_are_coherent(documents):
    whole, mixed = [WORDS[:3], WORDS[3:]], [WORDS[::3], WORDS[1::3]]
    for measure in ("c_npmi", "c_v"):
        together = evaluation.coherence(whole, documents, WORDS, measure)
        assert together > evaluation.coherence(mixed, documents, WORDS, measure)


def test_a_topic_of_one_word_counts_for_nothing(documents):
    whole = [WORDS[:3], WORDS[3:]]
    alone = [*whole, ["rain"]]
    expected = evaluation.coherence(whole, documents, WORDS)
    assert evaluation.coherence(alone, documents, WORDS) == expected
    with pytest.raises(ValueError, match="no topic has two words"):
        evaluation.coherence([["rain"], ["ball"]], documents, WORDS)


def test_there_are_no_more_topics_than_codes(model, documents):
    alike = documents[[0] * 9]
    found = evaluation.find_topics(model, alike, topics=9)

    # But for the last digit, all nine have one code.
    assert len(found.sizes) < 9
    assert found.sizes.min() > 0
    assert np.bincount(found.topic_of).tolist() == found.sizes.tolist()
    assert np.all(np.isfinite(found.probabilities))


def test_one_label_alone_is_told_of_every_document(model, documents):
    sport = documents[documents.labels == "sport"]
    table = evaluation.label_table(model, sport, documents[:40])

    share = np.mean(documents.labels[:40] == "sport")
    for accuracy in table.values():
        assert accuracy.nearest_neighbours == accuracy.logistic_regression == share


def test_the_labels_are_told_as_well_by_codes_as_by_counts(model, documents):
    table = evaluation.label_table(model, documents[:40], documents[40:], neighbours=3)

    assert list(table) == ["codes", "counts", "tf-idf"]
    for accuracy in table.values():
        assert accuracy.nearest_neighbours == accuracy.logistic_regression == 1


def test_the_nearest_documents_are_about_the_same(model, documents):
    codes = model.encode(documents)
    indices, cosines = evaluation.nearest_documents(codes[:5], codes, count=10)

    assert np.array_equal(indices[:, 0], np.arange(5)) or np.allclose(cosines[:, 0], 1)
    assert np.all(np.diff(cosines, axis=1) <= 0)
    assert np.all(documents.labels[indices] == documents.labels[:5, None])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda m, d: evaluation.find_topics(m, d[:3], topics=4), "3 documents are"),
        (lambda m, d: evaluation.coherence([["a"]], d, WORDS, "u"), "measure is 'u'"),
        (lambda m, d: evaluation.coherence([["a"]], d, WORDS), "'a' is in no document"),
        (lambda m, d: evaluation.nearest_documents(d, d, 99), "there are 60 documents"),
    ],
)
def test_bad_arguments(model, documents, call, message):
    with pytest.raises(ValueError, match=message):
        call(model, documents)


def test_no_labels_to_tell(model, documents):
    unlabelled = data.Documents(documents.pairs, documents.row_splits)
    with pytest.raises(ValueError, match="have no labels"):
        evaluation.label_table(model, unlabelled, documents)
