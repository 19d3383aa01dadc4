"""Words that training moves or replaces before the encoder reads them."""

import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.layers import WordNoise
from tf_vmfvae.ops.batch_part import reading_part

WORDS = 5000
# Each row has 99 different words, then <eos> and padding.
IDS = np.pad(np.arange(3, 3 + 40 * 99, dtype="int32").reshape(40, 99), [(0, 0), (0, 3)])
IDS[:, 99] = 2


def noisy(ids=IDS, seed=1, **rates):
    return WordNoise(num_words=WORDS, seed=seed, **rates)(ids, training=True).numpy()


def within(share, expected, count):
    """Whether a share of so many draws is within four standard errors."""
    return abs(share - expected) < 4 * np.sqrt(expected * (1 - expected) / count)


def test_words_change_places_with_their_neighbours_alone():
    swapped = noisy(swaps=0.3)
    moved = swapped != IDS

    np.testing.assert_array_equal(np.sort(swapped, axis=1), np.sort(IDS, axis=1))
    # Every word that has moved has moved by one place, and so has its neighbour.
    assert set(np.abs(swapped - IDS)[moved].tolist()) == {1}
    assert within(moved[:, 1:98].mean(), 0.3, 40 * 97 / 2)


def test_every_pair_of_neighbours_may_change_places():
    first = {tuple(noisy(IDS[:1, :3], seed, swaps=1.0)[0] - 3) for seed in range(30)}

    assert first == {(1, 0, 2), (0, 2, 1)}


def test_words_are_replaced_by_any_word_of_the_vocabulary():
    ids = np.full((200, 50), 3, "int32")
    replaced = WordNoise(replacements=0.4, num_words=7, seed=2)(ids, training=True)
    counts = np.bincount(replaced.numpy().ravel(), minlength=8)

    # A fifth of the replacements are the word itself.
    assert counts[:3].sum() == 0
    assert len(counts) == 8
    for count in counts[4:]:
        assert within(count / ids.size, 0.4 / 5, ids.size)


@pytest.mark.parametrize("rates", [{"swaps": 1.0}, {"replacements": 1.0}], ids=str)
def test_end_and_padding_stay(rates):
    np.testing.assert_array_equal(noisy(**rates)[:, 99:], IDS[:, 99:])
    alone = np.array([[2, 0, 0], [3, 2, 0]], "int32")
    assert noisy(alone, **rates)[:, 1:].tolist() == [[0, 0], [2, 0]]


def test_outside_training_nothing_changes():
    layer = WordNoise(swaps=1.0, replacements=1.0, num_words=WORDS)

    np.testing.assert_array_equal(layer(IDS), IDS)


def test_the_noise_follows_the_seed_and_is_new_at_every_call():
    layer = WordNoise(swaps=0.3, replacements=0.3, num_words=WORDS, seed=1)
    calls = [layer(IDS, training=True).numpy() for _ in range(2)]

    assert (calls[0] != calls[1]).any()
    rates = {"swaps": 0.3, "replacements": 0.3}
    np.testing.assert_array_equal(noisy(**rates), calls[0])
    assert (noisy(seed=2, **rates) != calls[0]).any()


def test_a_compiled_call_of_any_shape_gives_the_same_noise():
    layers = [WordNoise(0.5, 0.2, num_words=WORDS, seed=1) for _ in range(2)]

    @tf.function(input_signature=[tf.TensorSpec([None, None], tf.int32)])
    def compiled(ids):
        return layers[0](ids, training=True)

    for ids in (IDS, IDS[:3, :7], IDS[:, :1]):
        np.testing.assert_array_equal(compiled(ids), layers[1](ids, training=True))


def test_the_parts_of_a_batch_have_the_noise_of_the_whole():
    whole, parted = (WordNoise(0.5, 0.2, num_words=WORDS, seed=1) for _ in range(2))
    expected = whole(IDS, training=True).numpy()
    state = parted.seed_generator.state.numpy()
    for index in range(4):
        # As in one step, in which all replicas begin with the same state.
        parted.seed_generator.state.assign(state)
        rows = slice(10 * index, 10 * (index + 1))
        with reading_part(index, 4):
            found = parted(IDS[rows], training=True)
        np.testing.assert_array_equal(found, expected[rows])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"swaps": 1.1}, r"swaps must be in \[0, 1\], not 1.1"),
        ({"replacements": float("nan")}, r"replacements must be in \[0, 1\], not nan"),
        ({"num_words": 2}, "num_words is 2: give at least 3"),
    ],
)
def test_arguments_out_of_range_are_named(options, message):
    with pytest.raises(ValueError, match=message):
        WordNoise(**{"num_words": 9, **options})
