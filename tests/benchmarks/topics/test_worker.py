import json
import types

import numpy as np
import pytest
import scipy.sparse

from benchmarks.topics import systems, worker
from benchmarks.topics.exchange import digest, read_corpus, write_corpus
from benchmarks.topics.systems.fitted import Fitted, largest
from benchmarks.topics.systems.word_lists import words_of_documents

COUNTS = scipy.sparse.csr_matrix([[2, 0, 1], [0, 3, 0], [0, 0, 0], [1, 1, 1]])
WORDS = ["ball", "goal_2", "ré"]


@pytest.fixture
def corpus_file(tmp_path):
    parts = dict.fromkeys(("train", "test", "observed", "held_out"), COUNTS)
    write_corpus(tmp_path / "corpus.npz", WORDS, **parts)
    return tmp_path / "corpus.npz"


def test_a_corpus_is_read_as_it_was_written(corpus_file):
    vocabulary, parts = read_corpus(corpus_file)

    assert vocabulary == WORDS
    assert parts.keys() == {"train", "test", "observed", "held_out"}
    assert parts["test"].toarray().tolist() == COUNTS.toarray().tolist()


def test_documents_are_written_out_word_by_word():
    assert list(words_of_documents(COUNTS, WORDS)) == [
        ["ball", "ball", "ré"],
        ["goal_2"] * 3,
        [],
        ["ball", "goal_2", "ré"],
    ]


def test_the_words_of_a_topic_are_those_of_largest_weight():
    assert largest(np.array([[1, 3, 2], [0, 0, 5]]), 2).tolist() == [[1, 2], [2, 0]]


def test_a_worker_writes_topics_shares_and_figures(corpus_file, tmp_path, monkeypatch):
    shares = np.full((4, 2), 0.5)
    uniform = np.full((4, 3), 1 / 3)

    def fit(counts, vocabulary, topics, seed):
        assert (counts.sum(), vocabulary, topics, seed) == (9, WORDS, 2, 7)
        words = np.array([[0, 1], [2, 1]])
        return Fitted(words, lambda new: shares, lambda _: uniform, {"it": "1.0"})

    stand_in = types.SimpleNamespace(fit=fit)
    monkeypatch.setattr(worker.importlib, "import_module", {"a.b": stand_in}.get)
    monkeypatch.setitem(systems.MODULES, "stand-in", "a.b")
    output = tmp_path / "out.npz"
    worker.main(["stand-in", str(corpus_file), "2", "7", str(output)])
    with np.load(output) as arrays:
        about = json.loads(str(arrays["about"]))
        assert arrays["top_words"].tolist() == [[0, 1], [2, 1]]
        assert arrays["test_topics"].tolist() == shares.tolist()

    assert about["perplexity"] == pytest.approx(3.0)
    assert about["corpus_digest"] == digest(corpus_file)
    assert about["versions"] == {"it": "1.0"}
    assert about["fit_seconds"] >= 0
    assert 0 < about["memory_before_gib"] <= about["peak_memory_gib"] < 100
