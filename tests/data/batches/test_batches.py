import time

import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.data import Batches
from tf_vmfvae.data.batches.stored_ids import StoredIds


def sentences(num_examples: int, seed: int = 0, longest: int = 30) -> tf.RaggedTensor:
    """Returns rows of random length that repeat their own number, from 3 up."""
    lengths = np.random.default_rng(seed).integers(1, longest + 1, num_examples)
    rows = [[3 + i] * (length - 1) + [2] for i, length in enumerate(lengths)]
    return tf.ragged.constant(rows, dtype=tf.int32)


def rows_of(dataset: tf.data.Dataset) -> list[list[int]]:
    """Returns the examples without padding, in the order of the batches."""
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
def test_each_example_comes_once_per_epoch(num_examples, batch_size, shuffle):
    ids = sentences(num_examples)
    batches = Batches(ids, batch_size, shuffle=shuffle)
    for epoch in range(2):
        rows = rows_of(batches.dataset(epoch))
        assert sorted(rows) == sorted(ids.to_list())


def test_every_batch_has_batch_size_rows_and_only_one_has_rows_of_zeros():
    batches = list(Batches(sentences(103), 8).dataset())
    filled_up = [batch for batch in batches if not np.all(np.any(batch, axis=1))]

    assert {batch.shape[0] for batch in batches} == {8}
    assert len(filled_up) == 1


def test_padding_is_only_at_the_end_of_rows():
    for batch in Batches(sentences(200), 16).dataset():
        is_word = batch.numpy() != 0
        assert np.all(is_word[:, :-1] >= is_word[:, 1:])


@pytest.mark.parametrize(
    ("buckets", "most"), [(1, 1), (3, 3), (np.int64(5), 5), ([10, 20, 30, 64], 4)]
)
def test_batches_are_padded_to_the_bucket_lengths(buckets, most):
    batches = Batches(sentences(500), 8, buckets=buckets)
    lengths = {batch.shape[1] for batch in batches.dataset()}
    assert lengths <= set(batches.bucket_lengths)
    assert len(batches.bucket_lengths) <= most


def test_there_are_at_most_8_bucket_lengths_by_default():
    assert len(Batches(sentences(500), 8).bucket_lengths) == 8


def test_every_epoch_has_the_same_number_of_batches():
    batches = Batches(sentences(103), 8)
    assert len(batches) == 13
    for epoch in range(3):
        assert len(list(batches.dataset(epoch))) == 13
        assert int(batches.dataset(epoch).cardinality()) == 13


def test_the_order_depends_only_on_the_seed_and_the_epoch():
    ids = sentences(200)
    first, second = (as_lists(Batches(ids, 8, seed=5).dataset(e)) for e in (0, 1))
    assert first != second
    assert as_lists(Batches(ids, 8, seed=5).dataset(0)) == first
    assert as_lists(Batches(ids, 8, seed=6).dataset(0)) != first


def test_shuffling_changes_which_examples_share_a_batch():
    batches = Batches(sentences(400), 8)
    together = [
        {frozenset(rows.tolist()) for rows in batches.plan(epoch)[0]}
        for epoch in (0, 1)
    ]
    assert len(together[0] & together[1]) < 5


def test_without_shuffling_batches_go_from_short_to_long():
    batches = Batches(sentences(200), 8, shuffle=False)
    lengths = [len(row) for row in rows_of(batches.dataset(0))]
    assert lengths == sorted(lengths)
    assert as_lists(batches.dataset(0)) == as_lists(batches.dataset(3))


@pytest.mark.parametrize("start", [0, 1, 7, 12, 13])
@pytest.mark.parametrize("shuffle", [True, False])
def test_an_epoch_can_be_resumed_in_the_middle(start, shuffle):
    batches = Batches(sentences(103), 8, shuffle=shuffle, seed=3)
    whole = as_lists(batches.dataset(epoch=2))
    assert as_lists(batches.dataset(epoch=2, start=start)) == whole[start:]


def test_several_epochs_follow_one_another():
    batches = Batches(sentences(30), 8)
    together = as_lists(batches.dataset(epoch=3, epochs=2))

    assert together == as_lists(batches.dataset(3)) + as_lists(batches.dataset(4))
    after = as_lists(batches.dataset(3, start=2, epochs=2))
    assert after == together[2:]
    with pytest.raises(ValueError, match="epochs is 0: give at least 1"):
        batches.dataset(epochs=0)


def test_padding_share_is_the_share_of_zeros_in_an_epoch():
    ids = sentences(103)
    batches = Batches(ids, 8, seed=1)
    cells = sum(int(tf.size(batch)) for batch in batches.dataset())
    words = sum(len(row) for row in ids.to_list())
    assert batches.num_words == words
    assert batches.padding_share == pytest.approx(1 - words / cells)


def test_lengths_like_those_of_the_penn_treebank_need_little_padding():
    lengths = np.random.default_rng(0).negative_binomial(4, 4 / 25, 42_000) + 1
    ids = tf.RaggedTensor.from_row_lengths(
        tf.ones([lengths.sum()], tf.int32), tf.constant(lengths)
    )
    batches = Batches(ids, 64)
    assert len(batches.bucket_lengths) <= 8
    assert batches.padding_share < 0.14


def test_every_replica_gets_an_equal_share_of_each_batch(two_replicas):
    ids = sentences(37)
    batches = Batches(ids, 8)
    rows = []
    for batch in two_replicas.experimental_distribute_dataset(batches.dataset()):
        parts = two_replicas.experimental_local_results(batch)
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
        ({"buckets": [4, 8]}, "too short for the longest example"),
        ({"buckets": []}, "too short for the longest example"),
    ],
)
def test_an_argument_out_of_range_is_refused(arguments, message):
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
def test_rows_that_are_not_sentences_are_refused(rows, message):
    ids = tf.ragged.constant(rows, dtype=tf.int32, ragged_rank=1)
    with pytest.raises(ValueError, match=message):
        Batches(ids, 2)


def test_an_epoch_or_start_out_of_range_is_refused():
    batches = Batches(sentences(20), 8)
    with pytest.raises(ValueError, match="start is 4"):
        batches.dataset(start=4)
    with pytest.raises(ValueError, match="epoch is -1"):
        batches.dataset(epoch=-1)


def test_labels_go_with_their_sentences():
    ids = sentences(23)
    labels = tf.range(23)
    batches = Batches({"ids": ids, "label": labels}, 4, seed=2)
    alone = Batches(ids, 4, seed=2)
    assert (batches.num_words, batches.bucket_lengths) == (
        alone.num_words,
        alone.bucket_lengths,
    )
    for epoch in range(2):
        found = {}
        both = zip(batches.dataset(epoch), alone.dataset(epoch), strict=True)
        for batch, expected in both:
            np.testing.assert_array_equal(batch["ids"], expected)
            for row, label in zip(
                *(batch[name].numpy() for name in batch), strict=True
            ):
                if row.any():
                    found[label] = [word for word in row.tolist() if word]
                else:
                    assert label == 0
        assert found == dict(enumerate(ids.to_list()))


@pytest.mark.parametrize(
    ("others", "message"),
    [
        (
            {"label": [0, 1]},
            r"ids\['label'\] has the shape \(2,\): give one number for",
        ),
        ({"label": [[0], [1], [2]]}, r"ids\['label'\] has the shape \(3, 1\)"),
        ({"more": sentences(3)}, r"or StoredIds, \['ids', 'more'\]: give one"),
    ],
)
def test_anything_but_one_number_for_each_example_is_refused(others, message):
    with pytest.raises(ValueError, match=message):
        Batches({"ids": sentences(3), **others}, 2)


def test_a_sample_has_some_of_the_examples_in_the_same_shapes():
    ids = sentences(103)
    batches = Batches(ids, batch_size=8, buckets=4, seed=3)
    sample = batches.sample(20, seed=1)
    rows = rows_of(sample.dataset())

    assert len(rows) == sample.num_examples == 20
    known = ids.to_list()
    assert all(known.count(row) >= rows.count(row) for row in rows)
    assert sample.num_words == sum(map(len, rows))
    shapes = {batch.shape[1] for batch in sample.dataset()}
    assert shapes <= set(batches.bucket_lengths)
    assert {batch.shape[0] for batch in sample.dataset()} == {8}
    assert rows_of(batches.sample(20, seed=1).dataset()) == rows
    assert rows_of(batches.sample(20, seed=2).dataset()) != rows
    assert sorted(rows_of(batches.sample(999).dataset())) == sorted(known)
    # The batches themselves are as they were.
    assert len(rows_of(batches.dataset())) == batches.num_examples == 103
    with pytest.raises(ValueError, match="count is 0: give at least 1"):
        batches.sample(0)


def test_a_sample_keeps_each_examples_number():
    ids = sentences(9, longest=4)
    given = {"ids": ids, "label": tf.range(9)}
    [batch] = Batches(given, batch_size=9).sample(4, seed=1).dataset()

    rows = zip(batch["ids"].numpy().tolist(), batch["label"].numpy(), strict=True)
    for row, label in list(rows)[:4]:
        assert [word for word in row if word] == ids[label].numpy().tolist()


def test_nothing_is_read_ahead_from_disk():
    # A thread that reads ahead when the interpreter ends may keep the process from
    # ending.
    class CountingIds(StoredIds):
        reads = 0

        def padded(self, rows, length):
            self.reads += 1
            return super().padded(rows, length)

    numbers, ids = np.zeros(8, np.int32), np.array([1], np.int32)
    stored = CountingIds(numbers, np.arange(8), np.ones(8, np.int32), ids)
    iterator = iter(Batches(stored, batch_size=1).dataset())
    for count in (1, 2):
        assert next(iterator).numpy().tolist() == [[1]]
        time.sleep(0.3)
        assert stored.reads == count
