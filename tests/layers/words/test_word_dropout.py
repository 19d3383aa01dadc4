"""Words that are hidden from the decoder."""

import numpy as np
import pytest

from tf_vmfvae.layers import WordDropout

IDS = np.arange(3, 2003, dtype="int32").reshape(20, 100)


def test_training_hides_the_given_share_of_words():
    hidden = WordDropout(0.3, seed=1)(IDS, training=True).numpy() == 1

    assert abs(hidden.mean() - 0.3) < 4 * np.sqrt(0.21 / IDS.size)


def test_outside_training_only_a_rate_of_1_hides_words():
    np.testing.assert_array_equal(WordDropout(0.3)(IDS, training=False), IDS)
    np.testing.assert_array_equal(WordDropout(1.0)(IDS, training=False), 1)
    np.testing.assert_array_equal(WordDropout(1.0)(IDS, training=True), 1)


@pytest.mark.parametrize("rate", [-0.1, 1.1, float("nan")])
def test_an_invalid_rate_is_refused(rate):
    with pytest.raises(ValueError, match="word dropout rate must be in"):
        WordDropout(rate)
