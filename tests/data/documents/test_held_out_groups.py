import numpy as np
import pytest

from tf_vmfvae.data import Documents
from tf_vmfvae.data.documents import held_out_groups
from tf_vmfvae.data.documents.held_out_groups import hold_out_groups

GROUPS, COPIES = 60, 3


@pytest.fixture
def documents():
    """Groups of three documents that share four words, labelled by group."""
    rng = np.random.default_rng(0)
    rows, labels = [], []
    for group in range(GROUPS):
        for _ in range(COPIES):
            own = [(4 * group + i, 2) for i in range(1, 5)]
            rows.append([*own, (4 * GROUPS + 1 + rng.integers(20), 1)])
            labels.append(str(group))
    return Documents.from_rows(rows, labels)


VOCABULARY = 4 * GROUPS + 20


def test_similar_documents_are_held_out_together(documents):
    left, held_out, how = hold_out_groups(documents, VOCABULARY, 3, seed=1)

    assert how == "groups of similar documents"
    assert len(left) + len(held_out) == len(documents)
    assert len(held_out) == len(documents) // 3
    assert set(left.labels).isdisjoint(held_out.labels)
    # A random choice of single documents separates them.
    left, held_out = documents.split(3, seed=1)
    assert not set(left.labels).isdisjoint(held_out.labels)


def test_the_choice_depends_only_on_the_seed(documents):
    chosen = [
        set(hold_out_groups(documents, VOCABULARY, 3, seed)[1].labels)
        for seed in (1, 1, 2)
    ]

    assert chosen[0] == chosen[1] != chosen[2]


def test_similar_documents_are_found_across_blocks(documents, monkeypatch):
    whole = hold_out_groups(documents, VOCABULARY, 3, seed=1)[1]
    monkeypatch.setattr(held_out_groups, "BLOCK", 7)
    in_blocks = hold_out_groups(documents, VOCABULARY, 3, seed=1)[1]

    assert in_blocks.labels.tolist() == whole.labels.tolist()


def test_very_long_documents_stay_in_training(documents):
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


def test_single_documents_are_held_out_from_a_large_corpus(documents, monkeypatch):
    monkeypatch.setattr(held_out_groups, "MOST_DOCUMENTS", 100)
    _, held_out, how = hold_out_groups(documents, VOCABULARY, 3, seed=1)

    assert how == "single documents, at random"
    assert held_out.labels.tolist() == documents.split(3, 1)[1].labels.tolist()


def test_single_documents_are_held_out_if_all_are_similar():
    documents = Documents.from_rows([[(1, 1), (2, 1)]] * 10)
    left, held_out, how = hold_out_groups(documents, 2, 5, seed=0)

    assert (len(left), len(held_out), how) == (8, 2, "single documents, at random")
