"""The words of a document, as a bag of words counts them."""

import functools
import re
import unicodedata
from collections.abc import Callable, Sequence

import numpy as np

from tf_vmfvae.text.unicode_tables import SCANNED
from tf_vmfvae.text.words import normalize

# Runs of two letters or more; a word of one letter says little of a topic.
_PLAIN_WORD = re.compile(r"\b[^\W\d_]{2,}\b")
_NO_LETTER = re.compile(r"[\d_]")
# Characters without width between the parts of a word, in Persian or Malayalam say.
_JOINERS = "\u200c\u200d"


def document_words(text: str) -> list[str]:
    r"""Returns the words of a document, in lower case.

    A word is a letter and what follows it of letters and combining marks. Words of one
    character are left out, and so is what holds a digit or an underscore. The text is
    taken in Unicode's normal form C.

    >>> document_words("A rose is a rose: l'e\u0301tude no. 3 in mp3.")
    ['rose', 'is', 'rose', 'étude', 'no', 'in']
    >>> document_words("हिन्दी में")
    ['हिन्दी', 'में']
    """
    text = normalize(text)
    lower = text.lower()
    # The quick way, for nearly all documents. How a sigma is lowered goes by what is
    # around it, which is to be the word alone.
    if lower.isascii() or (_marks().isdisjoint(lower) and "Σ" not in text):
        return _PLAIN_WORD.findall(lower)
    return [
        normalize(run.lower())
        for run in _run().findall(text)
        if len(run) > 1 and not _NO_LETTER.search(run)
    ]


def listed_words(vocabulary: Sequence[str]) -> Callable[[str], list[str]]:
    """Returns a function that finds the words of a vocabulary in a document.

    Every word is found as it is listed, and otherwise in lower case, as
    `WordTokenizer` does it. A vocabulary may also list what `document_words` passes
    over: words with capitals, digits, underscores, hyphens or apostrophes, and words
    of one letter. Where several fit, the longest counts: of "e-mail" no "mail", if
    both are listed.

    Args:
        vocabulary: words in Unicode's normal form C.

    Returns:
        A function from a text to its words that are listed, in order.

    Raises:
        ValueError: a word holds white space, which would part it.

    >>> find = listed_words(["US", "e-mail", "mail", "c++"])
    >>> find("Mail us: the US E-mail, in C++.")
    ['mail', 'US', 'e-mail', 'c++']
    """
    for word in vocabulary:
        if word.split() != [word]:
            raise ValueError(
                f"vocabulary: {word!r} is not a single word, and texts are read word "
                "by word: count the documents yourself, or leave it out"
            )
    if all(document_words(word) == [word] for word in vocabulary):
        return document_words
    listed = {tuple(_pieces().findall(word)): word for word in vocabulary}
    longest: dict[str, int] = {}
    for pieces in listed:
        longest[pieces[0]] = max(longest.get(pieces[0], 0), len(pieces))
    return functools.partial(_find_listed, listed, longest)


def _find_listed(listed, longest, text):
    """The listed words of a text.

    Args:
        listed: pieces of a word -> the word.
        longest: first piece of a word -> how many pieces the longest such word has.
        text: a document.
    """
    found = []
    for chunk in normalize(text).split():
        pieces = _pieces().findall(chunk)
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
def _marks():
    """All combining marks, and the joiners."""
    characters = (chr(code) for codes in SCANNED for code in codes)
    marks = (c for c in characters if unicodedata.category(c)[0] == "M")
    return frozenset((*marks, *_JOINERS))


@functools.cache
def _run():
    """Letters, digits and underscores in a row, with the marks on them."""
    # As ranges, and asked for where letters end: a set of so many characters is slow.
    codes = np.array(sorted(map(ord, _marks() - {*_JOINERS})))
    ranges = np.split(codes, np.flatnonzero(np.diff(codes) > 1) + 1)
    marks = "".join(f"{chr(each[0])}-{chr(each[-1])}" for each in ranges)
    return re.compile(rf"\w+(?:[{_JOINERS}]*[{marks}]\w*|[{_JOINERS}]+\w+)*")


@functools.cache
def _pieces():
    """Runs and all other characters, one by one."""
    return re.compile(rf"{_run().pattern}|[^\w\s]")
