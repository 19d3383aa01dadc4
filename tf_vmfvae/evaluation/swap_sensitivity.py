"""How much a code depends on the order of the words."""

from collections.abc import Callable, Sequence

import numpy as np

from tf_vmfvae.ops.unit_rows import unit_rows
from tf_vmfvae.text import as_texts, split_words


def swap_sensitivity(
    encode: Callable[[list[str]], np.ndarray],
    texts: Sequence[str],
    rates: Sequence[float] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    seed: int = 0,
) -> dict[float, float]:
    """Compares the codes of sentences with the codes after words are swapped.

    This is the test of Xu and Durrett (2018), section 6: the mean cosine between the
    posterior location of a sentence and that of the same sentence with adjacent words
    swapped. An encoder that ignores the order of the words scores 1.

    Args:
        encode: function from sentences to locations, `(sentences, latent_dim)`.
        texts: sentences, with words separated by white space.
        rates: probabilities of a swap, see `swap_words`.
        seed: int. Seed of the swaps.

    Returns:
        A dictionary from each rate to its mean cosine.

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
        swapped = unit_rows(encode([swap_words(text, rate, rng) for text in texts]))
        cosines[rate] = float(np.mean(np.sum(originals * swapped, axis=-1)))
    return cosines


def swap_words(text: str, rate: float, rng: np.random.Generator) -> str:
    """Returns `text` with each word swapped with the next one with probability `rate`.

    It goes from left to right, so one word can move several places.

    >>> swap_words("a b c d", 1.0, np.random.default_rng(1))
    'b c d a'
    """
    words = split_words(text)
    for index in range(len(words) - 1):
        if rng.random() < rate:
            words[index], words[index + 1] = words[index + 1], words[index]
    return " ".join(words)
