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


def test_any_two_words_may_be_swapped():
    text = " ".join(str(number) for number in range(200))
    rng = np.random.default_rng(1)
    words = evaluation.swap_words(text, 0.5, rng, partner="any").split()

    assert sorted(words) == sorted(text.split())
    moved = [abs(int(word) - place) for place, word in enumerate(words)]
    # Adjacent swaps with this rate move hardly any word by ten places.
    assert np.mean(np.array(moved) > 10) > 0.3
    assert evaluation.swap_words(text, 0.0, rng, partner="any") == text


@pytest.mark.parametrize("partner", ["next", "any"])
def test_an_encoder_of_bags_does_not_see_swaps(partner):
    def bag(texts):
        return np.array([[t.count(letter) for letter in "abc"] for t in texts], float)

    cosines = evaluation.swap_sensitivity(bag, ["a b c a", "c"], partner=partner)
    assert list(cosines.values()) == pytest.approx([1] * len(cosines))


def test_an_unknown_partner_is_refused():
    with pytest.raises(ValueError, match="partner is 'last': choose next or any"):
        evaluation.swap_sensitivity(lambda _: np.ones((1, 2)), ["a b"], partner="last")
