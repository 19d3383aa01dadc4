import numpy as np
import pytest

from tf_vmfvae import data, evaluation


def test_codes_predict_the_labels_as_well_as_counts_do(document_model, documents):
    table = evaluation.label_table(
        document_model, documents[:40], documents[40:], neighbours=3
    )

    assert list(table) == ["codes", "counts", "tf-idf"]
    for accuracy in table.values():
        assert accuracy.as_dict() == {
            "nearest_neighbours": 1,
            "logistic_regression": 1,
        }


def test_documents_without_labels_are_refused(document_model, documents):
    unlabelled = data.Documents(documents.pairs, documents.row_splits)
    with pytest.raises(ValueError, match="have no labels"):
        evaluation.label_table(document_model, unlabelled, documents)
    with pytest.raises(ValueError, match="have no labels"):
        evaluation.label_table(document_model, documents, unlabelled)


def test_a_single_training_label_is_predicted_for_every_document(
    document_model, documents
):
    sport = documents[documents.labels == "sport"]
    table = evaluation.label_table(document_model, sport, documents[:40])

    share = np.mean(documents.labels[:40] == "sport")
    for accuracy in table.values():
        assert accuracy.nearest_neighbours == accuracy.logistic_regression == share


def test_labels_that_no_two_documents_share_cause_no_warning(
    document_model, documents, recwarn
):
    names = np.array([f"label {number}" for number in range(len(documents))])
    each_its_own = data.Documents(documents.pairs, documents.row_splits, names)
    table = evaluation.label_table(
        document_model, each_its_own[:40], each_its_own[40:], neighbours=3
    )

    for accuracy in table.values():
        assert accuracy.nearest_neighbours == accuracy.logistic_regression == 0.0
    assert not [warning for warning in recwarn if warning.category is UserWarning]
