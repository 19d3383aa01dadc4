import numpy as np
import pytest

from tf_vmfvae.data.batches.buckets import choose_bucket_lengths, order_by_bucket


def padded_size(lengths, buckets):
    """Returns the number of words and padding if each length fills its bucket."""
    return sum(min(b for b in buckets if b >= length) for length in lengths)


def test_no_other_bucket_lengths_need_less_padding():
    rng = np.random.default_rng(1)
    for _ in range(20):
        lengths = rng.integers(1, 12, 30)
        longest = int(lengths.max())
        smallest = min(
            padded_size(lengths, [a, b, longest])
            for a in range(1, longest)
            for b in range(a, longest)
        )
        chosen = choose_bucket_lengths(lengths, 3)
        assert padded_size(lengths, chosen) == smallest


def test_there_are_no_more_buckets_than_lengths():
    assert choose_bucket_lengths(np.array([7, 3, 3]), 8) == [3, 7]


@pytest.mark.parametrize(
    ("lengths", "max_buckets", "message"),
    [([3], 0, "max_buckets is 0"), ([], 8, "lengths is empty")],
)
def test_an_argument_out_of_range_is_refused(lengths, max_buckets, message):
    with pytest.raises(ValueError, match=message):
        choose_bucket_lengths(np.array(lengths, int), max_buckets)


@pytest.mark.parametrize("distinct", [1, 30, 10**9])
@pytest.mark.parametrize("kind", ["uint8", "int64"])
def test_the_order_by_bucket_is_that_of_a_stable_sort_by_two_keys(distinct, kind):
    rng = np.random.default_rng(distinct)
    # No example is in bucket 2, and ties may be equal.
    buckets = rng.choice([0, 1, 3, 7], 5000).astype(kind)
    ties = rng.integers(distinct, size=5000) / distinct
    order = order_by_bucket(buckets, ties)
    np.testing.assert_array_equal(order, np.lexsort((ties, buckets)))
