"""Sentences with as many different words as a large text has."""

import pathlib
from collections.abc import Iterable, Iterator

import numpy as np

# Different words that there are, and the power of their rank that they occur with: a
# million sentences have 180,000 different words, ten millions have 590,000.
WORDS, POWER = 1_000_000, 1.45
# The lengths of sentences are spread as in the Penn Treebank, 21 words on average.
MEAN_LENGTH, SHAPE = 21, 4
# Sentences that are generated at a time.
BLOCK = 10_000
ONSETS = ("n", "st", "m", "k", "l", "r", "t", "p", "d")
SYLLABLES = [onset + vowel for onset in ONSETS for vowel in "aeiou"]


def random_sentences(count: int, seed: int = 0) -> Iterator[str]:
    """Yields random sentences, 112 bytes each with the line end, on average."""
    rng = np.random.default_rng(seed)
    words = np.array([_word(number) for number in range(WORDS)], object)
    share = np.cumsum((np.arange(WORDS) + 2.7) ** -POWER)
    share /= share[-1]
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        drawn = rng.negative_binomial(SHAPE, SHAPE / (SHAPE + MEAN_LENGTH), size)
        ends = np.cumsum(np.maximum(drawn, 1)).tolist()
        drawn = words[np.searchsorted(share, rng.random(ends[-1]))].tolist()
        for first, end in zip([0, *ends], ends, strict=False):
            yield " ".join(drawn[first:end])


def write_lines(file: pathlib.Path, lines: Iterable[str]) -> None:
    """Writes lines to a file, which appears once it is whole."""
    partial = file.with_suffix(".partial")
    with partial.open("w") as output:
        output.writelines(f"{line}\n" for line in lines)
    partial.rename(file)


def _word(number):
    """Returns a word of two syllables or more for a number."""
    number += len(SYLLABLES)
    word = ""
    while number:
        number, syllable = divmod(number, len(SYLLABLES))
        word += SYLLABLES[syllable]
    return word
