import numpy as np
import pytest

from tf_vmfvae.data import Documents


def test_documents_are_chosen_by_indices_or_a_mask():
    documents = Documents.from_rows([[(1, 1)], [], [(2, 2), (3, 1)]], list("abc"))
    chosen = documents[np.array([2, 0])]

    assert chosen.pairs.tolist() == [[2, 2], [3, 1], [1, 1]]
    assert chosen.labels.tolist() == ["c", "a"]
    assert documents[documents.num_words > 0].labels.tolist() == ["a", "c"]


def test_words_are_counted_with_and_without_repetitions():
    documents = Documents.from_rows([[(1, 1)], [], [(2, 2), (3, 1)]])

    assert documents.num_words.tolist() == [1, 0, 3]
    assert documents.lengths.tolist() == [1, 0, 2]


def test_padded_batches_keep_the_rows_of_empty_documents():
    documents = Documents.from_rows([[(1, 1)], [], [(2, 2), (3, 1)], []])
    first, second = documents.padded(3)

    assert first.tolist() == [
        [[1, 1], [0, 0]],
        [[0, 0], [0, 0]],
        [[2, 2], [3, 1]],
    ]
    assert second.tolist() == [[[0, 0]]]


def test_a_matrix_of_counts_and_back():
    documents = Documents.from_rows([[(1, 1)], [], [(2, 2), (3, 1)]])
    again = Documents.from_matrix(documents.matrix(3))

    assert again.pairs.tolist() == documents.pairs.tolist()
    assert again.row_splits.tolist() == documents.row_splits.tolist()


def test_a_single_document_cannot_be_split():
    with pytest.raises(
        ValueError, match=r"Documents.split needs at least two .* are 1"
    ):
        Documents.from_rows([[(1, 1)]]).split(2, seed=0)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a"], "labels: 1 for 2 documents"),
        (["a", None], r"labels\[1\] is None"),
        ([float("nan"), "a"], r"labels\[0\] is nan"),
    ],
)
def test_missing_labels_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        Documents.from_rows([[(1, 1)], [(1, 1)]], labels)


def test_numbers_become_labels():
    assert Documents.from_rows([[(1, 1)]], [3]).labels.tolist() == ["3"]


def test_halves_share_out_the_words_of_each_document():
    rng = np.random.default_rng(0)
    matrix = rng.integers(0, 4, (20, 6))
    matrix[3] = 0
    documents = Documents.from_rows(
        [[(i + 1, n) for i, n in enumerate(row) if n] for row in matrix], ["a"] * 20
    )
    first, second = documents.halve(seed=1)

    assert (first.matrix(6) + second.matrix(6)).toarray().tolist() == matrix.tolist()
    difference = first.num_words - second.num_words
    assert difference.tolist() == (matrix.sum(axis=1) % 2).tolist()
    assert first.pairs[:, 1].min() > 0
    assert second.pairs[:, 1].min() > 0
    assert second.labels.tolist() == ["a"] * 20
    again, _ = documents.halve(seed=1)
    other, _ = documents.halve(seed=2)
    assert np.array_equal(first.pairs, again.pairs)
    assert first.matrix(6).toarray().tolist() != other.matrix(6).toarray().tolist()


def test_documents_without_words_have_empty_halves():
    first, second = Documents.from_rows([[], [(1, 1)], []]).halve(seed=0)

    assert first.num_words.tolist() == [0, 1, 0]
    assert second.num_words.tolist() == [0, 0, 0]
