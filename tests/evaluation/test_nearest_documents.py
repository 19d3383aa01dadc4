import numpy as np
import pytest

from tf_vmfvae import evaluation

CODES = np.random.default_rng(1).normal(size=(60, 3))


def test_the_nearest_documents_have_the_largest_cosines():
    indices, cosines = evaluation.nearest_documents(CODES[:5], CODES, count=10)

    unit = CODES / np.linalg.norm(CODES, axis=1, keepdims=True)
    expected = unit[:5] @ unit.T
    order = np.argsort(-expected, axis=1)[:, :10]
    np.testing.assert_array_equal(indices, order)
    np.testing.assert_allclose(cosines, np.take_along_axis(expected, order, axis=1))


def test_the_nearest_documents_are_about_the_same_subject(document_model, documents):
    codes = document_model.encode(documents)
    indices, _ = evaluation.nearest_documents(codes[:5], codes, count=10)

    assert np.all(documents.labels[indices] == documents.labels[:5, None])


@pytest.mark.parametrize("count", [0, 61])
def test_a_count_that_the_documents_do_not_allow_is_refused(count):
    with pytest.raises(ValueError, match=f"count is {count}: there are 60 documents"):
        evaluation.nearest_documents(CODES[:5], CODES, count)
