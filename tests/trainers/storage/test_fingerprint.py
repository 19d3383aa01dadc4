"""Fingerprints show any change of what a run reads, and no other change."""

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
    """Returns the parts whose fingerprint changes with attributes of a corpus."""
    then = fingerprint.of_corpus(one)
    now = fingerprint.of_corpus(dataclasses.replace(one, **changes))
    assert then == fingerprint.of_corpus(dataclasses.replace(one))
    return {
        name for name in then.keys() | now.keys() if then.get(name) != now.get(name)
    }


@pytest.mark.parametrize(
    "train", [["a b", "x"], ["c", "a b"], ["a b"], ["a", "b c"], ["a b", "c", "c"]]
)
def test_other_sentences_in_another_order_or_number_change_the_fingerprint(train):
    assert changed(CORPUS, train=train) == {"train"}


def test_another_order_of_the_vocabulary_changes_the_fingerprint():
    words = ["<unk>", "<eos>", "b", "a"]
    assert changed(CORPUS, vocabulary=words) == {"vocabulary"}


def test_other_labels_change_the_fingerprint():
    labels = {**LABELLED.labels, "test": [0, 1]}
    assert changed(LABELLED, labels=labels) == {"labels"}
    # It matters which part a label belongs to.
    labels = {"train": [0], "validation": [1, 1], "test": [0, 0]}
    assert changed(LABELLED, labels=labels) == {"labels"}
    assert changed(CORPUS, labels=LABELLED.labels) == {"labels"}


@pytest.mark.parametrize("names", [None, ("caf\u00e9", 'a "b"')])
@pytest.mark.parametrize("as_labels", [list, lambda own: np.array(own, np.int32)])
def test_labels_have_the_fingerprint_of_their_lists(monkeypatch, names, as_labels):
    monkeypatch.setattr(fingerprint, "CHUNK", 2)
    numbers = {"train": [0, 1, 1, 0, 1], "validation": [], "test": [1, 0]}
    labels = {split: as_labels(own) for split, own in numbers.items()}
    corpus = dataclasses.replace(CORPUS, labels=labels, label_names=names)
    lists = [[str((names or "01")[x]) for x in own] for own in numbers.values()]
    assert fingerprint.of_corpus(corpus)["labels"] == {
        "count": 7,
        "hash": fingerprint.of_value(lists)["hash"],
    }


def test_name_and_notes_do_not_change_the_fingerprint():
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
def test_other_words_counts_or_borders_of_bags_change_the_fingerprint(rows):
    assert changed(BAGS, test=Documents.from_rows(rows, ["a", "b"])) == {"test"}


def test_other_labels_of_documents_change_the_fingerprint():
    other = Documents(DOCUMENTS.pairs, DOCUMENTS.row_splits, np.array(["a", "c"]))
    assert changed(BAGS, train=other) == {"labels"}


def test_the_byte_order_of_bags_does_not_change_the_fingerprint():
    swapped = Documents(
        DOCUMENTS.pairs.astype(">i4"),
        DOCUMENTS.row_splits.astype(">i8"),
        DOCUMENTS.labels,
    )
    assert changed(BAGS, train=swapped, validation=swapped) == set()


def test_the_fingerprint_is_the_same_on_every_machine_and_in_every_version():
    """A run can be resumed on another machine, years later."""
    assert fingerprint.of_texts(["a b", "c"]) == {
        "count": 2,
        "hash": "1a83c802db44075dea0446ff1cf96984",
    }
    assert fingerprint.of_documents(DOCUMENTS) == {
        "count": 2,
        "hash": "5e14f0a3da6be414fa2901a8493fc4af",
    }
    assert fingerprint.of_corpus(LABELLED)["labels"] == {
        "count": 5,
        "hash": "c768315d6ce10a1e399dd9c14f43919b",
    }


def test_a_million_sentences_take_less_than_a_second():
    sentences = ["the cat sees the dog that hears them again and again"] * 300_000
    fingerprint.of_texts(sentences)
    started = time.process_time()
    fingerprint.of_texts(sentences)
    assert time.process_time() - started < 0.3


def test_the_text_s_place_does_not_change_the_fingerprint(tmp_path, corpus_folder):
    found = []
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        for file in corpus_folder.iterdir():
            (tmp_path / name / file.name).write_bytes(file.read_bytes())
        found.append(fingerprint.of_corpus(load("text", tmp_path / name)))
    assert found[0] == found[1]
