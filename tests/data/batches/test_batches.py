"""Batches: each example once, few shapes, and the same order again."""

import numpy as np
import pytest
import tensorflow as tf

import tf_vmfvae
from tf_vmfvae.data.batches.buckets import choose_bucket_lengths

Batches = tf_vmfvae.data.Batches


def sentences(num_examples: int, seed: int = 0, longest: int = 30) -> tf.RaggedTensor:
    """Rows whose first word is their own number (from 3 on)."""
    lengths = np.random.default_rng(seed).integers(1, longest + 1, num_examples)
    rows = [[3 + i] * (length - 1) + [2] for i, length in enumerate(lengths)]
    return tf.ragged.constant(rows, dtype=tf.int32)


def rows_of(dataset: tf.data.Dataset) -> list[list[int]]:
    """The real rows without their padding, in the order they come."""
    return [
        [word for word in row if word]
        for batch in dataset
        for row in batch.numpy().tolist()
        if any(row)
    ]


def as_lists(dataset: tf.data.Dataset) -> list[list[list[int]]]:
    return [batch.numpy().tolist() for batch in dataset]


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize(
    ("num_examples", "batch_size"), [(103, 8), (96, 8), (5, 8), (1, 1), (50, 50)]
)
def test_an_epoch_gives_every_example_exactly_once(num_examples, batch_size, shuffle):
    ids = sentences(num_examples)
    batches = Batches(ids, batch_size, shuffle=shuffle)
    for epoch in range(2):
        rows = rows_of(batches.dataset(epoch))
        assert sorted(rows) == sorted(ids.to_list())


def test_every_batch_has_batch_size_rows_and_only_one_is_filled_up():
    batches = Batches(sentences(103), 8)
    filled = 0
    for batch in batches.dataset():
        assert batch.shape[0] == 8
        filled += int(np.any(~np.any(batch.numpy(), axis=1)))
    assert filled == 1


def test_padding_is_at_the_end_of_rows_alone():
    for batch in Batches(sentences(200), 16).dataset():
        is_word = batch.numpy() != 0
        assert np.all(is_word[:, :-1] >= is_word[:, 1:])


@pytest.mark.parametrize("buckets", [None, 1, 3, [10, 20, 30, 64]])
def test_shapes_are_the_bucket_lengths(buckets):
    batches = Batches(sentences(500), 8, buckets=buckets)
    lengths = {batch.shape[1] for batch in batches.dataset()}
    assert lengths <= set(batches.bucket_lengths)
    assert len(batches.bucket_lengths) <= 8


def test_number_of_batches_is_the_same_in_every_epoch():
    batches = Batches(sentences(103), 8)
    assert len(batches) == 13
    for epoch in range(3):
        assert len(list(batches.dataset(epoch))) == 13
        assert int(batches.dataset(epoch).cardinality()) == 13


def test_each_epoch_has_its_own_order_and_it_comes_again():
    ids = sentences(200)
    first, second = (as_lists(Batches(ids, 8, seed=5).dataset(e)) for e in (0, 1))
    assert first != second
    assert as_lists(Batches(ids, 8, seed=5).dataset(0)) == first
    assert as_lists(Batches(ids, 8, seed=6).dataset(0)) != first


def test_shuffled_batches_mix_their_examples_anew_each_epoch():
    batches = Batches(sentences(400), 8)
    together = [
        {frozenset(rows.tolist()) for rows in batches.plan(epoch)[0]}
        for epoch in (0, 1)
    ]
    assert len(together[0] & together[1]) < 5


def test_without_shuffling_batches_go_from_short_to_long_in_every_epoch():
    batches = Batches(sentences(200), 8, shuffle=False)
    lengths = [len(row) for row in rows_of(batches.dataset(0))]
    assert lengths == sorted(lengths)
    assert as_lists(batches.dataset(0)) == as_lists(batches.dataset(3))


@pytest.mark.parametrize("start", [0, 1, 7, 12, 13])
@pytest.mark.parametrize("shuffle", [True, False])
def test_starting_in_the_middle_gives_the_rest_of_the_epoch(start, shuffle):
    batches = Batches(sentences(103), 8, shuffle=shuffle, seed=3)
    whole = as_lists(batches.dataset(epoch=2))
    assert as_lists(batches.dataset(epoch=2, start=start)) == whole[start:]


def test_padding_share_counts_the_cells_of_an_epoch():
    ids = sentences(103)
    batches = Batches(ids, 8, seed=1)
    cells = sum(int(tf.size(batch)) for batch in batches.dataset())
    words = sum(len(row) for row in ids.to_list())
    assert batches.num_words == words
    assert batches.padding_share == pytest.approx(1 - words / cells)


def test_lengths_like_the_penn_treebanks_take_little_padding():
    lengths = np.random.default_rng(0).negative_binomial(4, 4 / 25, 42_000) + 1
    ids = tf.RaggedTensor.from_row_lengths(
        tf.ones([lengths.sum()], tf.int32), tf.constant(lengths)
    )
    batches = Batches(ids, 64)
    assert len(batches.bucket_lengths) <= 8
    assert batches.padding_share < 0.14


def test_bucket_lengths_are_the_best_there_are():
    rng = np.random.default_rng(1)
    for _ in range(20):
        lengths = rng.integers(1, 12, 30)
        chosen = choose_bucket_lengths(lengths, 3)

        def cells(buckets, lengths=lengths):
            return sum(min(b for b in buckets if b >= n) for n in lengths)

        longest = int(lengths.max())
        best = min(
            cells([a, b, longest]) for a in range(1, longest) for b in range(a, longest)
        )
        assert cells(chosen) == best


def test_batches_are_split_between_the_replicas_of_a_strategy():
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    ids = sentences(37)
    batches = Batches(ids, 8)
    rows = []
    for batch in strategy.experimental_distribute_dataset(batches.dataset()):
        parts = strategy.experimental_local_results(batch)
        assert [part.shape[0] for part in parts] == [4, 4]
        rows += [row for part in parts for row in part.numpy().tolist() if any(row)]
    assert sorted([w for w in row if w] for row in rows) == sorted(ids.to_list())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"batch_size": 0}, "batch_size is 0"),
        ({"seed": -1}, "seed is -1"),
        ({"buckets": 0}, "max_buckets is 0"),
        ({"buckets": [20, 10]}, "do not increase"),
        ({"buckets": [4, 8]}, "do not hold the longest example"),
    ],
)
def test_arguments_out_of_range(arguments, message):
    with pytest.raises(ValueError, match=message):
        Batches(sentences(100), **{"batch_size": 8, **arguments})


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([], "no examples"),
        ([[3, 2], []], "row 1 is empty"),
        ([[3, 0, 2]], "padding id 0"),
    ],
)
def test_rows_that_are_no_sentences(rows, message):
    ids = tf.ragged.constant(rows, dtype=tf.int32, ragged_rank=1)
    with pytest.raises(ValueError, match=message):
        Batches(ids, 2)


def test_epoch_and_start_out_of_range():
    batches = Batches(sentences(20), 8)
    with pytest.raises(ValueError, match="start is 4"):
        batches.dataset(start=4)
    with pytest.raises(ValueError, match="epoch is -1"):
        batches.dataset(epoch=-1)
