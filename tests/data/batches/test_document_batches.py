import numpy as np
import pytest

from tf_vmfvae.data import DocumentBatches, Documents


@pytest.fixture
def documents():
    """23 documents of one to five different words."""
    rows = [[(i, i) for i in range(1, 2 + j % 5)] for j in range(23)]
    return Documents.from_rows(rows)


def test_each_document_comes_once_per_epoch(documents):
    batches = DocumentBatches(documents, batch_size=4, seed=3)
    epoch = [batch.numpy() for batch in batches.dataset(epoch=1)]
    rows = [row[row[:, 0] > 0] for batch in epoch for row in batch]

    assert len(epoch) == len(batches) == 6
    found = sorted(row.tolist() for row in rows if len(row))
    assert found == sorted(documents[[i]].pairs.tolist() for i in range(len(documents)))
    assert batches.num_words == documents.num_words.sum()


def test_an_epoch_can_be_resumed_in_the_middle(documents):
    batches = DocumentBatches(documents, batch_size=4, seed=3)
    epoch = list(batches.dataset(epoch=1))
    rest = list(batches.dataset(epoch=1, start=2))

    assert len(rest) == len(epoch) - 2
    for expected, found in zip(epoch[2:], rest, strict=True):
        np.testing.assert_array_equal(found, expected)


def test_only_the_batch_that_is_not_full_has_rows_of_zeros_at_its_end(documents):
    batches = DocumentBatches(documents, batch_size=4, seed=3)
    is_empty = {
        tuple((batch.numpy()[:, 0, 0] == 0).tolist()) for batch in batches.dataset()
    }

    assert is_empty == {(False,) * 4, (False, False, False, True)}


def test_an_empty_document_is_refused():
    documents = Documents.from_rows([[(1, 1)], []])
    with pytest.raises(ValueError, match="row 1 is empty"):
        DocumentBatches(documents, batch_size=2)


def test_a_sample_counts_the_words_of_its_documents(documents):
    sample = DocumentBatches(documents, batch_size=4, seed=3).sample(5, seed=1)
    pairs = np.concatenate([batch.numpy().reshape(-1, 2) for batch in sample.dataset()])

    assert len(sample) == 2
    assert sample.num_words == pairs[:, 1].sum()
