"""Probes find what is there and say so when there is nothing."""

import numpy as np
import pytest

from tf_vmfvae import evaluation


def halves(inputs, targets):
    return (inputs[::2], targets[::2]), (inputs[1::2], targets[1::2])


def test_a_vector_probe_learns_a_map_and_not_noise():
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(1000, 4))
    targets = np.tanh(inputs @ rng.normal(size=(4, 6)))
    noise = rng.normal(size=(1000, 6)) + 1.0
    learned = evaluation.vector_probe(*halves(inputs, targets))
    nothing = evaluation.vector_probe(*halves(inputs, noise))

    assert learned.score > 0.9
    assert abs(learned.baseline) < 0.2
    assert nothing.score < nothing.baseline + 0.05
    assert nothing.baseline > 0.4


def test_a_label_probe_learns_a_border_and_not_noise():
    rng = np.random.default_rng(1)
    inputs = rng.normal(size=(1000, 4))
    learned = evaluation.label_probe(*halves(inputs, inputs[:, 0] + inputs[:, 1] > 1))
    nothing = evaluation.label_probe(*halves(inputs, rng.random(1000) > 0.8))

    assert learned.score > 0.95
    assert nothing.score == pytest.approx(nothing.baseline, abs=0.03)


def test_one_label_alone_needs_no_probe():
    inputs = np.zeros((10, 2))
    probe = evaluation.label_probe((inputs, ["a"] * 10), (inputs, ["a"] * 10))

    assert (probe.score, probe.baseline) == (1, 1)


def test_a_vector_probe_says_how_many_examples_it_takes():
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(11, 3))
    assert evaluation.vector_probe((vectors, vectors), (vectors, vectors)).score > -1
    few = vectors[:10], vectors[:10]
    with pytest.raises(ValueError, match=r"10 training examples are too few: .* 11$"):
        evaluation.vector_probe(few, few)


def test_swaps_keep_the_words_and_move_more_with_the_rate():
    text = " ".join(str(number) for number in range(200))
    rng = np.random.default_rng(1)
    swapped = {rate: evaluation.swap_words(text, rate, rng) for rate in (0, 0.3, 0.9)}

    assert swapped[0] == text
    assert all(sorted(new.split()) == sorted(text.split()) for new in swapped.values())
    in_place = [
        sum(a == b for a, b in zip(new.split(), text.split(), strict=True))
        for new in swapped.values()
    ]
    assert in_place[0] > in_place[1] > in_place[2]


def test_an_encoder_of_order_is_sensitive_and_one_of_words_is_not():
    texts = ["a b c d e", "e d c b a", "b a d c e"]

    def order(texts):
        return np.array([[ord(word) - 99 for word in t.split()] for t in texts], float)

    def bag(texts):
        return np.array([[t.count(letter) for letter in "abcde"] for t in texts], float)

    by_order = evaluation.swap_sensitivity(order, texts)
    by_bag = evaluation.swap_sensitivity(bag, texts)

    assert by_order[0.0] == pytest.approx(1)
    assert by_order[0.6] < by_order[0.0] - 0.1
    assert by_bag[0.6] == pytest.approx(1)
