import json

import numpy as np
import pytest
from gensim.corpora import Dictionary
from gensim.models.coherencemodel import CoherenceModel

from tf_vmfvae.data import Documents
from tf_vmfvae.evaluation import coherence, topic_quality

WORDS = ["ball", "goal", "team", "rain", "snow", "wind"]
SAME, MIXED = [WORDS[:3], WORDS[3:]], [WORDS[::2], WORDS[1::2]]


def shares(top, topics=2):
    """Returns shares of topics whose largest ones are given."""
    return np.eye(topics)[top] * 0.6 + 0.4 / topics


def test_coherences_are_those_of_gensim(documents):
    quality = topic_quality(SAME, documents, WORDS)

    assert quality.npmi == pytest.approx(coherence(SAME, documents, WORDS, "c_npmi"))
    assert quality.c_v == pytest.approx(coherence(SAME, documents, WORDS, "c_v"))
    mixed = topic_quality(MIXED, documents, WORDS)
    assert mixed.npmi < quality.npmi
    assert mixed.c_v < quality.c_v


def test_npmi_is_that_of_its_definition():
    rows = [[(1, 1), (2, 1)], [(1, 5)], [(2, 1), (3, 1)], [(4, 1)]]
    quality = topic_quality([["ball", "goal"]], Documents.from_rows(rows), WORDS)
    # Two of four documents have one word, two the other, and one both.
    expected = np.log(0.25 / (0.5 * 0.5)) / -np.log(0.25)
    assert quality.npmi == pytest.approx(expected, abs=1e-9)


def test_c_v_uses_sliding_windows_where_the_order_of_words_is_known():
    # Apart in the text, so that no window of 110 words holds both.
    texts = [["ball", *["team"] * 120, "goal"]] * 3 + [["rain", "snow"]] * 3
    rows = [[(1, 1), (2, 1), (3, 120)]] * 3 + [[(4, 1), (5, 1)]] * 3
    documents = Documents.from_rows(rows)
    topics = [["ball", "goal"], ["rain", "snow"]]
    found = topic_quality(topics, documents, WORDS, texts=texts)
    model = CoherenceModel(
        topics=topics,
        texts=texts,
        dictionary=Dictionary(texts),
        coherence="c_v",
        processes=1,
    )

    assert found.c_v == pytest.approx(model.get_coherence())
    assert found.c_v < topic_quality(topics, documents, WORDS).c_v
    assert found.npmi == topic_quality(topics, documents, WORDS).npmi


def test_words_that_no_document_contains_lower_the_coherence(documents):
    words = [*WORDS, "nowhere"]
    whole = topic_quality([WORDS[:3]], documents, words)
    found = topic_quality([[*WORDS[:3], "nowhere"]], documents, words)
    # Three of six pairs, and three of four words, are left.
    assert found.npmi == pytest.approx((3 * whole.npmi - 3) / 6)
    assert found.c_v == pytest.approx(0.75 * whole.c_v)
    alone = topic_quality([["ball", "nowhere"]], documents, words)
    assert (alone.npmi, alone.c_v) == (-1.0, 0.0)


def test_diversity_counts_words_and_inverted_rbo_their_ranks(documents):
    assert topic_quality(SAME, documents, WORDS).diversity == 1.0
    assert topic_quality(SAME, documents, WORDS).inverted_rbo == 1.0
    turned = [["ball", "goal"], ["goal", "ball"]]
    assert topic_quality(turned, documents, WORDS).diversity == 0.5
    assert topic_quality(turned, documents, WORDS).inverted_rbo == pytest.approx(0.1)
    three = topic_quality([*turned, ["rain", "snow"]], documents, WORDS)
    assert three.inverted_rbo == pytest.approx((0.1 + 1 + 1) / 3)


def test_top_topics_are_compared_with_labels(documents):
    labels = ["a", "a", "b", "b", "b", "c"]
    found = topic_quality(
        SAME,
        documents,
        WORDS,
        document_topics=shares([0, 0, 0, 1, 1, 1]),
        labels=labels,
    )

    assert found.purity == pytest.approx(4 / 6)
    # In nats; both marginals are known: 1/2, 1/2 and 1/3, 1/2, 1/6.
    joint = np.array([[2, 1, 0], [0, 2, 1]]) / 6
    topic, label = joint.sum(axis=1), joint.sum(axis=0)
    seen = joint > 0
    information = np.sum(joint[seen] * np.log((joint / np.outer(topic, label))[seen]))
    entropies = [-np.sum(p * np.log(p)) for p in (topic, label)]
    assert found.nmi == pytest.approx(information / np.mean(entropies))


def test_one_topic_tells_nothing_about_labels(documents):
    found = topic_quality(
        [WORDS],
        documents,
        WORDS,
        document_topics=np.ones((3, 1)),
        labels=["a", "a", "b"],
    )
    assert (found.purity, found.nmi) == (pytest.approx(2 / 3), 0.0)
    assert found.inverted_rbo is None
    assert found.diversity == 1.0


def test_only_as_many_words_as_asked_for_are_measured(documents):
    two = topic_quality(SAME, documents, WORDS, words=2)
    expected = topic_quality([WORDS[:2], WORDS[3:5]], documents, WORDS)
    assert two == expected
    assert two.words == 2
    one = topic_quality(SAME, documents, WORDS, words=1)
    assert (one.npmi, one.c_v, one.diversity) == (None, None, 1.0)


def test_a_topic_with_fewer_words_is_measured_by_those(documents):
    found = topic_quality([WORDS[:3], WORDS[3:5]], documents, WORDS, words=10)
    assert found.words == 3
    assert found.npmi > 0
    assert found.inverted_rbo == 1.0


def test_it_prints_as_a_table_and_becomes_json(documents):
    found = topic_quality(SAME, documents, WORDS, perplexity=np.float64(123.456))
    lines = str(found).splitlines()

    assert len(lines) == 3
    assert lines[0].startswith("| topics | NPMI | C_v | diversity |")
    assert lines[2].startswith("| 2 | ")
    assert lines[2].endswith("| – | – | 123.5 |")  # noqa: RUF001
    assert {line.count("|") for line in lines} == {9}
    assert json.loads(json.dumps(found.as_dict()))["perplexity"] == 123.456


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"top_words": []}, "top_words is empty: give the words of at least one topic"),
        ({"top_words": [["ball"], []]}, r"top_words\[1\] is empty"),
        ({"top_words": [["ball", "ball"]]}, r"top_words\[0\] lists 'ball' twice"),
        ({"words": 0}, "words is 0: give a whole number of at least 1"),
        ({"words": 2.5}, "words is 2.5"),
        ({"texts": [["ball"]]}, "texts has 1 documents, but reference has 60"),
        ({"reference": Documents.from_rows([])}, "there is no reference document"),
        ({"labels": ["a"]}, "labels without document_topics: give both"),
        (
            {"labels": ["a"], "document_topics": [[0.5, 0.2, 0.3]]},
            r"has the shape \(1, 3\), but there are 1 labels and 2 topics",
        ),
        (
            {"labels": ["a"], "document_topics": [[float("nan"), 1.0]]},
            "document_topics holds numbers that are not finite",
        ),
        (
            {"labels": [], "document_topics": np.zeros((0, 2))},
            "document_topics is empty",
        ),
    ],
)
def test_what_cannot_be_measured_is_refused(documents, changes, message):
    arguments = {"top_words": SAME, "reference": documents, "vocabulary": WORDS}
    arguments |= changes
    with pytest.raises(ValueError, match=message) as error:
        topic_quality(**arguments)
    assert "\n" not in str(error.value)
