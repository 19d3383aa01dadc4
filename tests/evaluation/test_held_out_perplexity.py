import numpy as np
import pytest

from tf_vmfvae.data import Documents
from tf_vmfvae.evaluation import held_out_perplexity


def test_a_prediction_is_judged_on_the_words_that_it_has_not_read():
    rows = [[(1, 2), (2, 3)], [(3, 4)], [(1, 1)], []]
    documents = Documents.from_rows(rows)
    probabilities = np.array([0.2, 0.3, 0.5])
    seen = []

    def predict(observed):
        seen.append(observed)
        return np.tile(probabilities, (len(observed), 1))

    found = held_out_perplexity(predict, documents, batch_size=2)
    observed, held_out = documents.halve(0)
    counts = held_out.matrix(3).toarray()
    expected = np.exp(-(counts @ np.log(probabilities)).sum() / counts.sum())

    assert found == pytest.approx(expected)
    assert [len(part) for part in seen] == [2, 2]
    assert seen[0].pairs.tolist() == observed[:2].pairs.tolist()


def test_a_word_that_was_ruled_out_makes_the_perplexity_infinite():
    documents = Documents.from_rows([[(1, 2)]])
    assert held_out_perplexity(lambda d: [[0.0, 1.0]], documents) == np.inf


@pytest.mark.parametrize(
    ("rows", "predicted", "message"),
    [
        ([[(1, 1)], []], [[0.5, 0.5]] * 2, "no document has two words"),
        ([[(1, 2)]], [[0.5, 0.6]], "each row has to sum to 1"),
        ([[(1, 2)]], [[1.5, -0.5]], "each row has to sum to 1"),
        ([[(1, 2)]], [[float("nan")] * 2], "each row has to sum to 1"),
        ([[(1, 2)]], [0.5, 0.5], r"of shape \(2,\) for 1 documents"),
    ],
)
def test_what_cannot_be_judged_is_refused(rows, predicted, message):
    with pytest.raises(ValueError, match=message):
        held_out_perplexity(lambda documents: predicted, Documents.from_rows(rows))
