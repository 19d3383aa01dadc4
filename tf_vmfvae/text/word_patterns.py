r"""Patterns of words for TensorFlow's regular expressions, which are RE2's.

RE2 has its own version of Unicode, and its `\w` is ASCII's. These patterns list the
characters that Python's `\w` matches.
"""

import dataclasses
import functools
import re
import unicodedata
from collections.abc import Iterable

import numpy as np

from tf_vmfvae.text.document_words import JOINERS, marks
from tf_vmfvae.text.unicode_tables import symbol_compositions

# All characters: TensorFlow's strings hold no halves of pairs.
_CODES = (*range(0xD800), *range(0xE000, 0x110000))


@dataclasses.dataclass(frozen=True)
class WordPatterns:
    """Patterns in RE2's syntax.

    Attributes:
        gap: whatever is between two runs, before the first and after the last. A run
            consists of letters, digits and underscores, with the marks on them.
        piece: a run, or a single other character except a space.
        unusual: a character sequence outside of runs that Unicode's normal form C may
            change to more or fewer characters, or to another order.
    """

    gap: str
    piece: str
    unusual: str


@functools.cache
def word_patterns() -> WordPatterns:
    """Returns the patterns for the version of Unicode that Python uses."""
    every = "".join(map(chr, _CODES))
    # With all characters of one kind, the pattern cannot miss one.
    in_words = "".join(re.findall(r"\w+", every))
    combining = marks() - {*JOINERS}
    second = {chr(code) for code in symbol_compositions().second}
    moving = {c for c in combining if unicodedata.combining(c) or _is_changed(c)}
    expanding = {
        c for c in every if _is_changed(c) and len(unicodedata.normalize("NFC", c)) > 1
    }
    word, mark, joiner = map(_ranges, (in_words, combining, JOINERS))
    moved = _ranges(moving | second)
    expanded = _ranges(expanding - {*in_words} - combining)
    other = f"[^{word}{mark}{joiner}]"
    return WordPatterns(
        gap=f"^[^{word}]+|[{joiner}]*{other}[^{word}]*|[{joiner}]+$",
        piece=f"[{word}](?:[{joiner}]*[{word}{mark}]+)*|[^ ]",
        unusual=f"[{expanded}]|(?:^|{other})[{mark}{joiner}]*[{moved}]",
    )


def _is_changed(character):
    return not unicodedata.is_normalized("NFD", character)


def _ranges(characters: Iterable[str]) -> str:
    """Returns characters as the inside of a pattern's brackets."""
    codes = np.array(sorted(map(ord, characters)))
    ranges = np.split(codes, np.flatnonzero(np.diff(codes) > 1) + 1)
    return "".join(rf"\x{{{each[0]:x}}}-\x{{{each[-1]:x}}}" for each in ranges)
