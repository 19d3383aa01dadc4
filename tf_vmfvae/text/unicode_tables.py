"""What Python knows of Unicode's characters, as arrays for graphs."""

import dataclasses
import functools
import unicodedata

import numpy as np

# Syllables of Korean, which are taken apart by arithmetic.
HANGUL = range(0xAC00, 0xD7A4)
# Scripts, and the few characters elsewhere that decompose or are ignored. The rest,
# ideographs and what is unassigned, have nothing to be looked up.
SCANNED = (
    range(HANGUL.start),
    range(HANGUL.stop, 0xD800),
    range(0xE000, 0x20000),
    range(0x2F800, 0x2FA20),
    range(0xE0000, 0xE0200),
)
# Kinds of characters by which a capital sigma is a small final one.
OTHER, CASED, IGNORED = 0, 1, 2


@dataclasses.dataclass(frozen=True)
class UnicodeTables:
    """Arrays to search in, each sorted by code point.

    Attributes:
        decomposing: int32 `[n]`, characters that have a canonical decomposition, but
            for those in `HANGUL`.
        parts: int32, the characters of these decompositions, one after the other.
        part_splits: int32 `[n + 1]`, where in `parts` each decomposition begins.
        combining: int32 `[m]`, marks that may change places.
        combining_classes: int32 `[m]`, the order in which they are to stand.
        capitals: int32 `[k]`, characters that have another one as their lower case.
        small: int32 `[k]`, what these are.
        kind_starts: int32 `[r]`, where ranges of characters of the same kind begin.
        kinds: int32 `[r]`, `CASED`, `IGNORED` or `OTHER`.
    """

    decomposing: np.ndarray
    parts: np.ndarray
    part_splits: np.ndarray
    combining: np.ndarray
    combining_classes: np.ndarray
    capitals: np.ndarray
    small: np.ndarray
    kind_starts: np.ndarray
    kinds: np.ndarray


@functools.cache
def unicode_tables() -> UnicodeTables:
    """Returns the tables of this Python's version of Unicode.

    >>> tables = unicode_tables()
    >>> place = tables.decomposing.tolist().index(ord("é"))
    >>> start, end = tables.part_splits[place : place + 2]
    >>> [chr(part) for part in tables.parts[start:end]] == ["e", "\u0301"]
    True
    """
    decompositions, combining, small, kinds = {}, {}, {}, {0: OTHER}
    kind = OTHER
    for code in (code for codes in SCANNED for code in codes):
        character = chr(code)
        whole = unicodedata.normalize("NFD", character)
        if whole != character:
            decompositions[code] = [ord(part) for part in whole]
        elif (lower := character.lower()) != character:
            small[code] = ord(lower)
        if place := unicodedata.combining(character):
            combining[code] = place
        if (here := _kind(character)) != kind:
            kinds[code] = kind = here
    kinds[SCANNED[-1].stop] = OTHER
    lengths = [len(parts) for parts in decompositions.values()]
    return UnicodeTables(
        decomposing=_array(decompositions),
        parts=_array(part for parts in decompositions.values() for part in parts),
        part_splits=np.cumsum([0, *lengths]).astype(np.int32),
        combining=_array(combining),
        combining_classes=_array(combining.values()),
        capitals=_array(small),
        small=_array(small.values()),
        kind_starts=_array(kinds),
        kinds=_array(kinds.values()),
    )


def _kind(character):
    """What a character is to a sigma after it, read off Python's own rule.

    The module unicodedata does not give the properties "cased" and "case-ignorable".
    """
    if (character + "Σ").lower()[-1] == "ς":
        return CASED
    return IGNORED if ("a" + character + "Σ").lower()[-1] == "ς" else OTHER


def _array(values):
    return np.fromiter(values, np.int32)
