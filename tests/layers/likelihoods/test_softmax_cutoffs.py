"""The cutoffs that the library chooses."""

import numpy as np
import pytest

from tf_vmfvae.layers import AdaptiveWordSoftmax, softmax_cutoffs
from tf_vmfvae.layers.likelihoods.softmax_cutoffs import PER_TAIL, cost_model


def zipf(size):
    return 1e6 / np.arange(1, size + 1)


@pytest.mark.parametrize("size", [2, 3, 4, 10, 300, 10_000, 200_000])
def test_cutoffs_fit_the_layer_at_every_size(size):
    cutoffs = softmax_cutoffs(zipf(size), width=100)

    assert AdaptiveWordSoftmax(size, cutoffs).cutoffs == cutoffs


def test_no_single_cutoff_of_a_fine_grid_costs_much_less():
    counts = zipf(3_000)
    cost = cost_model(counts, width=64, rows=800)
    found = cost(softmax_cutoffs(counts, width=64, rows=800))

    assert found < 1.02 * min(cost([cutoff]) for cutoff in range(1, 3_000))
    assert found < cost([])


def test_the_cost_of_a_tail_counts_only_the_words_in_it():
    # Half of the words are in the head, so half of the rows reach the tail.
    cost = cost_model([1, 1, 1, 1], width=10, rows=100)
    tail = cost([2]) - cost_model([1, 1, 1], width=10, rows=100)([])
    alone = cost_model([1, 1], width=10, rows=50)([])

    assert tail - alone == pytest.approx(PER_TAIL)


def test_rare_words_make_the_head_smaller():
    few, many = (
        softmax_cutoffs(zipf(20_000) ** 2, 64),
        softmax_cutoffs(zipf(20_000), 64),
    )

    assert few[0] < many[0]


@pytest.mark.parametrize(
    "counts", [[], [3], [[1, 2]], [0, 0], [2, -1], [1, float("nan")], [1, float("inf")]]
)
def test_counts_that_are_none_are_refused(counts):
    with pytest.raises(ValueError, match="counts: give"):
        softmax_cutoffs(counts, width=10)
