import pytest

from tf_vmfvae import evaluation


@pytest.mark.parametrize("measure", ["c_npmi", "c_v"])
def test_words_of_the_same_documents_are_more_coherent(documents, topic_words, measure):
    same, mixed = (
        [topic_words[:3], topic_words[3:]],
        [topic_words[::3], topic_words[1::3]],
    )
    assert evaluation.coherence(
        same, documents, topic_words, measure
    ) > evaluation.coherence(mixed, documents, topic_words, measure)


def test_an_unknown_measure_is_refused(documents, topic_words):
    with pytest.raises(ValueError, match="measure is 'u': choose c_npmi or c_v"):
        evaluation.coherence([["ball"]], documents, topic_words, "u")


def test_a_word_that_no_document_contains_is_refused(documents, topic_words):
    with pytest.raises(ValueError, match="'a' is in no document"):
        evaluation.coherence([["a"]], documents, topic_words)


def test_a_topic_of_one_word_does_not_count(documents, topic_words):
    whole = [topic_words[:3], topic_words[3:]]
    alone = [*whole, ["rain"]]
    expected = evaluation.coherence(whole, documents, topic_words)
    assert evaluation.coherence(alone, documents, topic_words) == expected
    with pytest.raises(ValueError, match="no topic has two words"):
        evaluation.coherence([["rain"], ["ball"]], documents, topic_words)
