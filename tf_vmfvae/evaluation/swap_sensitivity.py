"""Whether a code depends on the order of the words."""

from collections.abc import Callable, Sequence

import numpy as np

from tf_vmfvae.text import as_texts, split_words


def swap_sensitivity(
    encode: Callable[[list[str]], np.ndarray],
    texts: Sequence[str],
    rates: Sequence[float] = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6),
    seed: int = 0,
) -> dict[float, float]:
    """Returns how alike the codes of sentences and of their shuffled selves are.

    Xu and Durrett (2018), section 6: the mean cosine between the location of a
    sentence's posterior and that of the sentence with adjacent words swapped. An
    encoder of a bag of words would stay at 1.

    Args:
        encode: from sentences to locations, `(sentences, latent_dim)`.
        texts: sentences, words set off by white space.
        rates: probabilities of a swap, see `swap_words`.
        seed: int. Seed of the swaps.

    Returns:
        rate -> mean cosine.

    Example:
    >>> encode = lambda texts: np.array([[len(text), 1.0] for text in texts])
    >>> swap_sensitivity(encode, ["profit rose", "shares fell"], rates=[0.5])
    {0.5: 1.0}
    """
    texts = as_texts(texts)
    originals = _unit(encode(texts))
    cosines = {}
    for rate in rates:
        rng = np.random.default_rng(seed)
        swapped = _unit(encode([swap_words(text, rate, rng) for text in texts]))
        cosines[rate] = float(np.mean(np.sum(originals * swapped, axis=-1)))
    return cosines


def swap_words(text: str, rate: float, rng: np.random.Generator) -> str:
    """Returns `text` with each word swapped with the next one with probability `rate`.

    From left to right, so a word may travel.

    >>> swap_words("a b c d", 1.0, np.random.default_rng(1))
    'b c d a'
    """
    words = split_words(text)
    for index in range(len(words) - 1):
        if rng.random() < rate:
            words[index], words[index + 1] = words[index + 1], words[index]
    return " ".join(words)


def _unit(vectors):
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return vectors / np.where(norms > 0, norms, 1)
