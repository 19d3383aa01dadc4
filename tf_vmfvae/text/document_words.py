"""Finds the words of a document for a bag of words."""

import functools
import re
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np

from tf_vmfvae.text.unicode_tables import SCANNED
from tf_vmfvae.text.words import normalize

# A word has at least two letters: one letter says little about a topic.
_PLAIN_WORD = re.compile(r"\b[^\W\d_]{2,}\b")
_NO_LETTER = re.compile(r"[\d_]")
# Zero-width characters inside words, for example in Persian and Malayalam.
JOINERS = "\u200c\u200d"


def document_words(text: str) -> list[str]:
    r"""Returns the words of a document, in lower case.

    A word is a run of letters and the combining marks on them. Runs of a single
    character and runs with a digit or an underscore are left out. The text is converted
    to Unicode's normal form C first.

    >>> document_words("A rose is a rose: l'e\u0301tude no. 3 in mp3.")
    ['rose', 'is', 'rose', 'étude', 'no', 'in']
    >>> document_words("हिन्दी में")
    ['हिन्दी', 'में']
    """
    text = normalize(text)
    lower = text.lower()
    # The fast path, for most documents. The lower case of a sigma depends on its
    # context, which has to be its word, not the text.
    if lower.isascii() or (marks().isdisjoint(lower) and "Σ" not in text):
        return _PLAIN_WORD.findall(lower)
    return [
        normalize(run.lower())
        for run in _run().findall(text)
        if len(run) > 1 and not _NO_LETTER.search(run)
    ]


def listed_words(vocabulary: Sequence[str]) -> Callable[[str], list[str]]:
    """Returns a function that finds the words of a vocabulary in a document.

    A word of the text matches the vocabulary as it is, and otherwise in lower case, as
    in `WordTokenizer`. The vocabulary may list words that `document_words` leaves out:
    with capitals, digits, underscores, hyphens or apostrophes, or of one letter. If
    several words match, the longest counts: "e-mail" does not count as "mail" too.

    Args:
        vocabulary: words in Unicode's normal form C.

    Returns:
        A function from a text to the listed words in it, in order.

    Raises:
        ValueError: a word contains white space, so no word of a text can match it.

    >>> find = listed_words(["US", "e-mail", "mail", "c++"])
    >>> find("Mail us: the US E-mail, in C++.")
    ['mail', 'US', 'e-mail', 'c++']
    """
    for word in vocabulary:
        if word.split() != [word]:
            raise ValueError(
                f"vocabulary: {word!r} contains white space, so no word of a text can "
                "match it: leave it out, or pass bags of words that you have counted"
            )
    if all(document_words(word) == [word] for word in vocabulary):
        return document_words
    listed = {tuple(word_pieces(word)): word for word in vocabulary}
    longest: dict[str, int] = {}
    for pieces in listed:
        longest[pieces[0]] = max(longest.get(pieces[0], 0), len(pieces))
    return functools.partial(_find_listed, listed, longest)


def word_pieces(text: str) -> list[str]:
    """Returns the parts of a text that a word of a vocabulary has wholly or not at all.

    They are runs of letters, digits and underscores, with the marks on them, and all
    other characters one by one, without white space.

    Args:
        text: a text in Unicode's normal form C.

    >>> word_pieces("e-mail, in C++")
    ['e', '-', 'mail', ',', 'in', 'C', '+', '+']
    """
    return _pieces().findall(text)


def _find_listed(listed, longest, text):
    """Returns the listed words of a text.

    Args:
        listed: pieces of a word -> the word.
        longest: first piece of a word -> number of pieces of the longest such word.
        text: a document.
    """
    found = []
    for chunk in normalize(text).split():
        pieces = word_pieces(chunk)
        lower = [normalize(piece.lower()) for piece in pieces]
        start = 0
        while start < len(pieces):
            most = max(longest.get(each[start], 0) for each in (pieces, lower))
            word, length = None, 1
            for end in range(min(start + most, len(pieces)), start, -1):
                word = listed.get(tuple(pieces[start:end]))
                word = word or listed.get(tuple(lower[start:end]))
                if word:
                    found.append(word)
                    length = end - start
                    break
            start += length
    return found


@functools.cache
def marks() -> frozenset[str]:
    """Returns all combining marks and the joiners."""
    characters = (chr(code) for codes in SCANNED for code in codes)
    found = (c for c in characters if unicodedata.category(c)[0] == "M")
    return frozenset((*found, *JOINERS))


@functools.cache
def _run():
    """Returns a pattern for letters, digits and underscores with their marks."""
    # A large set of characters is slow to match, so the pattern uses ranges, and tests
    # for marks only where letters end.
    codes = np.array(sorted(map(ord, marks() - {*JOINERS})))
    ranges = np.split(codes, np.flatnonzero(np.diff(codes) > 1) + 1)
    listed = "".join(f"{chr(each[0])}-{chr(each[-1])}" for each in ranges)
    return re.compile(rf"\w+(?:[{JOINERS}]*[{listed}]\w*|[{JOINERS}]+\w+)*")


@functools.cache
def _pieces():
    """Returns a pattern for runs, and for single characters outside of runs."""
    return re.compile(rf"{_run().pattern}|[^\w\s]")
