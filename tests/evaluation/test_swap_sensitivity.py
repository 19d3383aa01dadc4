import numpy as np
import pytest

from tf_vmfvae import evaluation


def test_swaps_keep_the_words_and_move_more_of_them_at_a_higher_rate():
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


def test_only_an_encoder_that_reads_the_order_is_sensitive_to_swaps():
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
