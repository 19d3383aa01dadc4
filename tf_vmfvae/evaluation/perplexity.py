"""Perplexity of totals."""

import math

# Above 709.78 exp overflows in float64.
LARGEST_EXPONENT = 700.0


def perplexity(nll: float, words: float) -> float:
    """Returns `exp(nll / words)`, capped at `exp(700)` so that it stays finite.

    Args:
        nll: total negative log-likelihood in nats.
        words: total number of words.

    Example:
    >>> round(perplexity(math.log(8.0) * 3, words=3), 4)
    8.0
    """
    return math.exp(min(float(nll) / float(words), LARGEST_EXPONENT))
