import numpy as np

from tf_vmfvae.ops.masked_mean import masked_mean


def test_padding_does_not_count():
    values = np.random.default_rng(1).normal(size=(2, 3, 4)).astype("float32")
    is_word = np.array([[True, True, False], [True, True, True]])

    expected = [values[0, :2].mean(axis=0), values[1].mean(axis=0)]
    np.testing.assert_allclose(masked_mean(values, is_word), expected, rtol=1e-5)


def test_a_row_without_words_has_the_mean_0():
    values = np.ones((1, 3, 2), "float32")

    np.testing.assert_array_equal(masked_mean(values, np.zeros((1, 3), bool)), [[0, 0]])
