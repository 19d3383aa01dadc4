"""Holding out whole groups of like documents."""

import numpy as np
import pytest

from tf_vmfvae.data import Documents
from tf_vmfvae.data.documents import held_out_groups
from tf_vmfvae.data.documents.held_out_groups import hold_out_groups

GROUPS, COPIES = 60, 3


@pytest.fixture
def documents():
    """Documents in groups of three that share four words; labels name the group."""
    rng = np.random.default_rng(0)
    rows, labels = [], []
    for group in range(GROUPS):
        for _ in range(COPIES):
            own = [(4 * group + i, 2) for i in range(1, 5)]
            rows.append([*own, (4 * GROUPS + 1 + rng.integers(20), 1)])
            labels.append(str(group))
    return Documents.from_rows(rows, labels)


VOCABULARY = 4 * GROUPS + 20


def test_no_document_is_parted_from_those_like_it(documents):
    left, held_out, how = hold_out_groups(documents, VOCABULARY, 3, seed=1)

    assert how == "groups of like documents"
    assert len(left) + len(held_out) == len(documents)
    assert len(held_out) == len(documents) // 3
    assert set(left.labels).isdisjoint(held_out.labels)
    # The same words in other documents: the random choice does part them.
    left, held_out = documents.split(3, seed=1)
    assert not set(left.labels).isdisjoint(held_out.labels)


def test_the_choice_is_a_function_of_the_seed(documents):
    chosen = [
        set(hold_out_groups(documents, VOCABULARY, 3, seed)[1].labels)
        for seed in (1, 1, 2)
    ]

    assert chosen[0] == chosen[1] != chosen[2]


def test_pairs_are_found_across_blocks(documents, monkeypatch):
    whole = hold_out_groups(documents, VOCABULARY, 3, seed=1)[1]
    monkeypatch.setattr(held_out_groups, "BLOCK", 7)
    in_blocks = hold_out_groups(documents, VOCABULARY, 3, seed=1)[1]

    assert in_blocks.labels.tolist() == whole.labels.tolist()


def test_what_would_outweigh_the_rest_stays_in_training(documents):
    long = Documents.from_rows([[(VOCABULARY, 10_000)]], ["long"])
    rows = [
        documents.pairs[slice(*documents.row_splits[i : i + 2])]
        for i in range(len(documents))
    ]
    both = Documents.from_rows([*rows, *[long.pairs] * 4], [*documents.labels, *"long"])

    for seed in range(5):
        _, held_out, _ = hold_out_groups(both, VOCABULARY, 3, seed)
        assert held_out.num_words.max() < 100
        assert len(held_out) >= len(documents) // 3


def test_many_documents_are_held_out_one_by_one(documents, monkeypatch):
    monkeypatch.setattr(held_out_groups, "MOST_DOCUMENTS", 100)
    _, held_out, how = hold_out_groups(documents, VOCABULARY, 3, seed=1)

    assert how == "single ones, at random"
    assert held_out.labels.tolist() == documents.split(3, 1)[1].labels.tolist()


def test_documents_that_are_all_alike_are_held_out_one_by_one():
    documents = Documents.from_rows([[(1, 1), (2, 1)]] * 10)
    left, held_out, how = hold_out_groups(documents, 2, 5, seed=0)

    assert (len(left), len(held_out), how) == (8, 2, "single ones, at random")
