"""How much a code depends on the order of the words."""

from collections.abc import Callable, Sequence

import numpy as np

from tf_vmfvae.ops.unit_rows import unit_rows
from tf_vmfvae.text import as_texts, split_words

PARTNERS = ("next", "any")


def swap_sensitivity(
    encode: Callable[[list[str]], np.ndarray],
    texts: Sequence[str],
    rates: Sequence[float] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    seed: int = 0,
    partner: str = "next",
) -> dict[float, float]:
    """Compares the codes of sentences with the codes after words are swapped.

    This is the test of Xu and Durrett (2018), section 6: the mean cosine between the
    posterior location of a sentence and that of the same sentence with some words
    swapped. An encoder that ignores the order of the words scores 1. The paper speaks
    of adjacent words; its published code swaps any two.

    Args:
        encode: function from sentences to locations, `(sentences, latent_dim)`.
        texts: sentences, with words separated by white space.
        rates: probabilities of a swap, see `swap_words`.
        seed: int. Seed of the swaps.
        partner: what a word is swapped with, see `swap_words`.

    Returns:
        A dictionary from each rate to its mean cosine.

    Raises:
        ValueError: if there is no such `partner`.

    Example:
    >>> encode = lambda texts: np.array([[len(text), 1.0] for text in texts])
    >>> swap_sensitivity(encode, ["profit rose", "shares fell"], rates=[0.5])
    {0.5: 1.0}
    """
    texts = as_texts(texts)
    originals = unit_rows(encode(texts))
    cosines = {}
    for rate in rates:
        rng = np.random.default_rng(seed)
        changed = [swap_words(text, rate, rng, partner) for text in texts]
        swapped = unit_rows(encode(changed))
        cosines[rate] = float(np.mean(np.sum(originals * swapped, axis=-1)))
    return cosines


def swap_words(
    text: str, rate: float, rng: np.random.Generator, partner: str = "next"
) -> str:
    """Returns a text in which each word is swapped with probability `rate`.

    It goes from left to right, so one word can move several times.

    Args:
        text: words separated by white space.
        rate: probability of a swap.
        rng: source of the swaps.
        partner: `"next"`: a word is swapped with the one after it; `"any"`: with a word
            of the text at random, which may be itself.

    Raises:
        ValueError: if there is no such `partner`.

    >>> swap_words("a b c d", 1.0, np.random.default_rng(1))
    'b c d a'
    >>> swap_words("a b c d", 1.0, np.random.default_rng(1), partner="any")
    'c b d a'
    """
    if partner not in PARTNERS:
        raise ValueError(f"partner is {partner!r}: choose {' or '.join(PARTNERS)}")
    words = split_words(text)
    is_next = partner == "next"
    for index in range(len(words) - is_next):
        if rng.random() < rate:
            other = index + 1 if is_next else int(rng.integers(len(words)))
            words[index], words[other] = words[other], words[index]
    return " ".join(words)
