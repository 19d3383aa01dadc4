import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.data import AugmentedBatches, Batches

LENGTHS = [2, 3, 3, 4, 5, 5, 5, 9] * 10


def rows(first, lengths):
    """Returns sentences of these lengths that repeat their number, from `first` up."""
    ids = [[first + i] * (length - 1) + [2] for i, length in enumerate(lengths)]
    return tf.ragged.constant(ids, dtype=tf.int32)


def epoch_of(batches, epoch=0):
    """Returns the first word and the length of each example of an epoch."""
    return [
        (int(row[0]), int((row > 0).sum()))
        for batch in batches.dataset(epoch)
        for row in batch.numpy()
        if row[0]
    ]


CORPUS = rows(100, LENGTHS)
# No sentence has 4 words, few have 5, and some are longer than all of the corpus.
SYNTHETIC = rows(1000, [2] * 30 + [3] * 200 + [5] * 4 + [9] * 40 + [12] * 50)


def make(share, **options):
    return AugmentedBatches(CORPUS, SYNTHETIC, share, batch_size=8, seed=3, **options)


@pytest.mark.parametrize("shuffle", [True, False])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_an_epoch_has_as_many_sentences_as_the_corpus_with_the_same_lengths(
    share, shuffle
):
    batches = make(share, shuffle=shuffle)
    found = epoch_of(batches)
    assert len(found) == len(LENGTHS) == batches.num_examples
    assert sorted(length for _, length in found) == sorted(LENGTHS)
    assert len(batches) == len(list(batches.dataset()))
    assert batches.num_words == sum(LENGTHS)


def test_the_given_share_is_replaced_and_the_rest_comes_once():
    # Sentences of 4 words cannot be replaced.
    replaceable = [length != 4 for length in LENGTHS]
    for epoch in range(3):
        words = [word for word, _ in epoch_of(make(0.5), epoch)]
        real = [word for word in words if word < 1000]
        assert len(set(real)) == len(real)
        assert 0.5 * sum(replaceable) - 12 < len(words) - len(real) <= 40


def test_with_a_share_of_zero_nothing_is_replaced():
    words = [word for word, _ in epoch_of(make(0.0))]
    assert sorted(words) == sorted(word for word, _ in epoch_of(Batches(CORPUS, 8)))


def test_a_sentence_is_kept_if_no_synthetic_one_has_its_length():
    found = epoch_of(make(1.0))
    for word, length in found:
        assert (word < 1000) == (length == 4)
    assert max(length for _, length in found) == 9


def test_synthetic_sentences_of_the_same_length_come_equally_often():
    words = [word for word, length in epoch_of(make(1.0)) if length == 5]
    counts = np.unique(words, return_counts=True)[1]
    assert len(counts) == 4
    assert counts.max() - counts.min() <= 1


def test_the_replacements_depend_only_on_the_seed_and_the_epoch():
    first, second = (make(0.5) for _ in range(2))
    assert epoch_of(first, 1) == epoch_of(second, 1)
    assert set(epoch_of(first, 0)) != set(epoch_of(first, 1))


def test_an_epoch_can_be_resumed_in_the_middle():
    batches = make(0.5)
    rest = [batch.numpy().tolist() for batch in batches.dataset(epoch=1, start=4)]
    whole = [batch.numpy().tolist() for batch in batches.dataset(epoch=1)]
    assert rest == whole[4:]


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_out_of_range_is_refused(share):
    with pytest.raises(ValueError, match=r"share is .*: give a number from 0 to 1"):
        make(share)


def test_labels_are_refused_because_synthetic_sentences_have_none():
    ids = tf.ragged.constant([[3, 2], [4, 2]], dtype=tf.int32)
    labelled = {"ids": ids, "label": tf.constant([0, 1])}
    for real, written, name in ((labelled, ids, "ids"), (ids, labelled, "synthetic")):
        with pytest.raises(
            ValueError, match=f"^{name} is a dictionary: a synthetic se"
        ):
            AugmentedBatches(real, written, 0.5, 2)
