"""Batches of a corpus beside synthetic sentences."""

import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.data import AugmentedBatches, Batches

LENGTHS = [2, 3, 3, 4, 5, 5, 5, 9] * 10


def rows(first, lengths):
    """Sentences of one word each, from `first` on, of these lengths."""
    ids = [[first + i] * (length - 1) + [2] for i, length in enumerate(lengths)]
    return tf.ragged.constant(ids, dtype=tf.int32)


def epoch_of(batches, epoch=0):
    """First word and length of each example, in the order they come."""
    return [
        (int(row[0]), int((row > 0).sum()))
        for batch in batches.dataset(epoch)
        for row in batch.numpy()
        if row[0]
    ]


CORPUS = rows(100, LENGTHS)
# No sentence of 4 words, few of 5, and some that are longer than any of the corpus.
WRITTEN = rows(1000, [2] * 30 + [3] * 200 + [5] * 4 + [9] * 40 + [12] * 50)


def make(share, **options):
    return AugmentedBatches(CORPUS, WRITTEN, share, batch_size=8, seed=3, **options)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_an_epoch_is_as_long_as_the_corpus_and_so_are_its_sentences(share, shuffle):
    batches = make(share, shuffle=shuffle)
    found = epoch_of(batches)
    assert len(found) == len(LENGTHS) == batches.num_examples
    assert sorted(length for _, length in found) == sorted(LENGTHS)
    assert len(batches) == len(list(batches.dataset()))
    assert batches.num_words == sum(LENGTHS)


def test_just_the_share_is_replaced_and_the_rest_comes_once():
    # Those of 4 words cannot be.
    replaceable = [length != 4 for length in LENGTHS]
    for epoch in range(3):
        words = [word for word, _ in epoch_of(make(0.5), epoch)]
        real = [word for word in words if word < 1000]
        assert len(set(real)) == len(real)
        assert 0.5 * sum(replaceable) - 12 < len(words) - len(real) <= 40


def test_without_a_share_it_is_the_corpus():
    words = [word for word, _ in epoch_of(make(0.0))]
    assert sorted(words) == sorted(word for word, _ in epoch_of(Batches(CORPUS, 8)))


def test_a_length_that_no_synthetic_sentence_has_stays():
    found = epoch_of(make(1.0))
    for word, length in found:
        assert (word < 1000) == (length == 4)
    assert max(length for _, length in found) == 9


def test_few_sentences_of_a_length_come_equally_often():
    words = [word for word, length in epoch_of(make(1.0)) if length == 5]
    counts = np.unique(words, return_counts=True)[1]
    assert len(counts) == 4
    assert counts.max() - counts.min() <= 1


def test_every_epoch_replaces_others_and_always_the_same_ones():
    first, second = (make(0.5) for _ in range(2))
    assert epoch_of(first, 1) == epoch_of(second, 1)
    assert set(epoch_of(first, 0)) != set(epoch_of(first, 1))
    # In the middle of an epoch too.
    rest = [batch.numpy().tolist() for batch in first.dataset(epoch=1, start=4)]
    whole = [batch.numpy().tolist() for batch in second.dataset(epoch=1)]
    assert rest == whole[4:]


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_out_of_range_is_named(share):
    with pytest.raises(ValueError, match=r"share is .*: give a number from 0 to 1"):
        make(share)
