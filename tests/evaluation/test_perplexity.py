import math

import numpy as np

from tf_vmfvae.evaluation import perplexity


def test_it_is_the_exponential_of_the_nll_per_word():
    assert perplexity(6 * math.log(9.0), 6) == math.exp(math.log(9.0))
    assert perplexity(np.float64(3.0), np.float32(1.5)) == math.exp(2.0)


def test_it_stays_finite_for_any_nll():
    assert perplexity(1e9, 1) == perplexity(math.inf, 1) == math.exp(88.0)
    assert np.isfinite(np.float32(perplexity(1e9, 1)))
    assert math.isnan(perplexity(math.nan, 1))
