"""Perplexity of totals."""

import math

# Above 88.72 exp overflows in float32, which is what TensorBoard stores.
LARGEST_EXPONENT = 88.0


def perplexity(nll: float, words: float) -> float:
    """Returns `exp(nll / words)`, capped at `exp(88)` so that it stays finite.

    Args:
        nll: total negative log-likelihood in nats.
        words: total number of words.

    Example:
    >>> round(perplexity(math.log(8.0) * 3, words=3), 4)
    8.0
    """
    return math.exp(min(float(nll) / float(words), LARGEST_EXPONENT))
