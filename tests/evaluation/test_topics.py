import numpy as np
import pytest

from tf_vmfvae import evaluation


def test_topics_are_the_subjects_of_the_documents(
    document_model, documents, topic_words
):
    found = evaluation.find_topics(document_model, documents, topics=2, words=3)

    assert sorted(map(sorted, found.top_words)) == [topic_words[:3], topic_words[3:]]
    assert found.diversity() == 1
    assert found.sizes.tolist() == [30, 30]
    np.testing.assert_allclose(found.probabilities.sum(axis=1), 1)
    sport = found.topic_of == found.topic_of[0]
    assert np.array_equal(sport, documents.labels == documents.labels[0])


def test_more_topics_than_documents_are_refused(document_model, documents):
    with pytest.raises(ValueError, match="3 documents are fewer than 4 topics"):
        evaluation.find_topics(document_model, documents[:3], topics=4)


def test_there_are_no_more_topics_than_distinct_codes(document_model, documents):
    alike = documents[[0] * 9]
    found = evaluation.find_topics(document_model, alike, topics=9)

    # All nine have the same code, up to the last digit.
    assert len(found.sizes) < 9
    assert found.sizes.min() > 0
    assert np.bincount(found.topic_of).tolist() == found.sizes.tolist()
    assert np.all(np.isfinite(found.probabilities))


def test_the_largest_share_of_a_document_is_that_of_its_topic(
    document_model, documents
):
    found = evaluation.find_topics(document_model, documents, topics=4)
    shares = found.shares(document_model.encode(documents))

    assert shares.shape == (60, 4)
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    assert np.array_equal(shares.argmax(axis=1), found.topic_of)
    np.testing.assert_allclose(found.weights, shares.mean(axis=0))
    new = found.shares(document_model.transform(["a ball, a goal and the rain"]))
    assert new.shape == (1, 4)


def test_shares_are_less_certain_between_two_topics(document_model, documents):
    found = evaluation.find_topics(document_model, documents, topics=2)
    sport, weather = (
        found.coefficients / np.linalg.norm(found.coefficients, axis=1)[:, None]
    )
    shares = found.shares([sport, (sport + weather) / 2, weather])

    assert shares[0, 0] > 0.99
    np.testing.assert_allclose(shares[1], 0.5, atol=0.05)
    assert shares[2, 1] > 0.99


def test_shares_are_finite_if_all_documents_have_the_same_code(
    document_model, documents
):
    alike = documents[[0] * 9]
    found = evaluation.find_topics(document_model, alike, topics=9)
    shares = found.shares(document_model.encode(documents))

    np.testing.assert_allclose(shares.sum(axis=1), 1)
