"""Fingerprints: what a run reads, and nothing else."""

import dataclasses
import time

import numpy as np
import pytest

from tf_vmfvae.data import Corpus, DocumentCorpus, Documents, load
from trainers.storage import fingerprint

CORPUS = Corpus("c", ["a b", "c"], ["d"], ["e f", "g"], ["<unk>", "<eos>", "a", "b"])
LABELLED = dataclasses.replace(
    CORPUS, labels={"train": [0, 1], "validation": [1], "test": [0, 0]}
)
DOCUMENTS = Documents.from_rows([[(1, 2), (3, 1)], [(2, 4)]], ["a", "b"])
BAGS = DocumentCorpus("c", DOCUMENTS, DOCUMENTS, DOCUMENTS, ["a", "b", "c"])


def changed(one, **changes):
    """The parts that differ when attributes of a corpus do."""
    then = fingerprint.of_corpus(one)
    now = fingerprint.of_corpus(dataclasses.replace(one, **changes))
    assert then == fingerprint.of_corpus(dataclasses.replace(one))
    return {
        name for name in then.keys() | now.keys() if then.get(name) != now.get(name)
    }


@pytest.mark.parametrize(
    "train", [["a b", "x"], ["c", "a b"], ["a b"], ["a", "b c"], ["a b", "c", "c"]]
)
def test_any_other_word_order_or_number_of_sentences_shows(train):
    assert changed(CORPUS, train=train) == {"train"}


def test_words_that_the_vocabulary_lists_otherwise_show():
    words = ["<unk>", "<eos>", "b", "a"]
    assert changed(CORPUS, vocabulary=words) == {"vocabulary"}


def test_labels_show():
    labels = {**LABELLED.labels, "test": [0, 1]}
    assert changed(LABELLED, labels=labels) == {"labels"}
    # Those of one part are not those of the next.
    labels = {"train": [0], "validation": [1, 1], "test": [0, 0]}
    assert changed(LABELLED, labels=labels) == {"labels"}
    assert changed(CORPUS, labels=LABELLED.labels) == {"labels"}


def test_name_and_notes_do_not_show():
    assert changed(CORPUS, name="other", notes=("read elsewhere",)) == set()


@pytest.mark.parametrize(
    "rows",
    [
        [[(1, 2), (3, 2)], [(2, 4)]],
        [[(1, 2)], [(3, 1), (2, 4)]],
        [[(1, 2), (2, 1)], [(2, 4)]],
        [[(2, 4)], [(1, 2), (3, 1)]],
    ],
)
def test_bags_show_their_words_counts_and_bounds(rows):
    assert changed(BAGS, test=Documents.from_rows(rows, ["a", "b"])) == {"test"}


def test_labels_of_documents_show():
    other = Documents(DOCUMENTS.pairs, DOCUMENTS.row_splits, np.array(["a", "c"]))
    assert changed(BAGS, train=other) == {"labels"}


def test_bags_are_the_same_in_any_order_of_bytes():
    swapped = Documents(
        DOCUMENTS.pairs.astype(">i4"),
        DOCUMENTS.row_splits.astype(">i8"),
        DOCUMENTS.labels,
    )
    assert changed(BAGS, train=swapped, validation=swapped) == set()


def test_it_is_the_same_on_every_machine_and_in_every_version():
    """A run that one machine has begun goes on on another one, years later."""
    assert fingerprint.of_texts(["a b", "c"]) == {
        "count": 2,
        "hash": "1a83c802db44075dea0446ff1cf96984",
    }
    assert fingerprint.of_documents(DOCUMENTS) == {
        "count": 2,
        "hash": "5e14f0a3da6be414fa2901a8493fc4af",
    }


def test_it_takes_a_second_for_a_million_sentences():
    sentences = ["the cat sees the dog that hears them again and again"] * 300_000
    fingerprint.of_texts(sentences)
    started = time.process_time()
    fingerprint.of_texts(sentences)
    assert time.process_time() - started < 0.3


def test_where_the_text_lies_does_not_show(tmp_path, corpus_folder):
    found = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        for file in corpus_folder.iterdir():
            (tmp_path / name / file.name).write_bytes(file.read_bytes())
        found.append(fingerprint.of_corpus(load("text", tmp_path / name)))
    assert found[0] == found[1]
