"""Python's Unicode data as arrays, for use in graphs."""

import dataclasses
import functools
import unicodedata

import numpy as np

# Korean syllables. Their decompositions are computed, not looked up.
HANGUL = range(0xAC00, 0xD7A4)
# The ranges of code points that the tables cover. All others are ideographs and
# unassigned code points: they have no case, no decomposition and do not combine.
SCANNED = (
    range(HANGUL.start),
    range(HANGUL.stop, 0xD800),
    range(0xE000, 0x20000),
    range(0x2F800, 0x2FA20),
    range(0xE0000, 0xE0200),
)
# How a character affects a capital sigma next to it, whose lower case is a final sigma
# at the end of a word.
OTHER, CASED, IGNORED = 0, 1, 2


@dataclasses.dataclass(frozen=True)
class UnicodeTables:
    """Tables of code points, each sorted by its keys.

    Attributes:
        decomposing: int32 `[n]`, characters with a canonical decomposition, except
            those in `HANGUL`.
        parts: int32, the decompositions, concatenated.
        part_splits: int32 `[n + 1]`, where each decomposition starts in `parts`.
        combining: int32 `[m]`, characters with a combining class other than 0.
        combining_classes: int32 `[m]`, their classes.
        capitals: int32 `[k]`, characters that are not their own lower case.
        small: int32 `[k]`, their lower case.
        kind_starts: int32 `[r]`, where ranges of characters of the same kind start.
        kinds: int32 `[r]`, the kind of each range: `CASED`, `IGNORED` or `OTHER`.
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


@dataclasses.dataclass(frozen=True)
class SymbolCompositions:
    """Pairs of characters that Unicode's normal form C makes one, except in words.

    Attributes:
        keys: int64, `first * 2**21 + second` of each pair, sorted.
        composed: int32, the character of each pair.
        second: int32, the second character of each pair.
    """

    keys: np.ndarray
    composed: np.ndarray
    second: np.ndarray


@functools.cache
def unicode_tables() -> UnicodeTables:
    """Returns the tables for the version of Unicode that Python uses.

    >>> tables = unicode_tables()
    >>> index = tables.decomposing.tolist().index(ord("é"))
    >>> start, end = tables.part_splits[index : index + 2]
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
        if combining_class := unicodedata.combining(character):
            combining[code] = combining_class
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


@functools.cache
def symbol_compositions() -> SymbolCompositions:
    """Returns the pairs whose characters are no part of a word by themselves.

    >>> index = symbol_compositions().keys.tolist().index(ord("=") * 2**21 + 0x338)
    >>> chr(symbol_compositions().composed[index])
    '≠'
    """
    found = {}
    for code in (code for codes in SCANNED for code in codes):
        parts = unicodedata.decomposition(chr(code)).split()
        # With one part it is another spelling; with <...>, only a similar character.
        is_pair = len(parts) == 2 and "<" not in parts[0]
        is_composed = is_pair and unicodedata.is_normalized("NFC", chr(code))
        if is_composed and not chr(code).isalnum():
            first, second = (int(part, 16) for part in parts)
            found[first * 2**21 + second] = code
    keys = np.array(sorted(found), np.int64)
    composed = np.array([found[key] for key in keys.tolist()], np.int32)
    return SymbolCompositions(keys, composed, (keys % 2**21).astype(np.int32))


def _kind(character):
    """Returns how a character affects a capital sigma after it.

    The module unicodedata lacks the properties "cased" and "case-ignorable", so this
    looks at what `str.lower` does.
    """
    if (character + "Σ").lower()[-1] == "ς":
        return CASED
    return IGNORED if ("a" + character + "Σ").lower()[-1] == "ς" else OTHER


def _array(values):
    return np.fromiter(values, np.int32)
