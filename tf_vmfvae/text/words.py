"""The words of a text."""

import unicodedata

UNKNOWN, END = "<unk>", "<eos>"


def normalize(text: str) -> str:
    r"""Returns the text in Unicode's normal form C.

    So a letter with an accent is the same whether it was written as one character or
    as two.

    >>> len("e\u0301tude"), len(normalize("e\u0301tude"))
    (6, 5)
    """
    return unicodedata.normalize("NFC", text)


def split_words(text: str) -> list[str]:
    r"""Splits a text at white space of any kind, in Unicode's normal form C.

    `WordTokenizer` splits in the same places, in graphs too.

    >>> split_words("the\u00a0cafe\u0301 \n rose")
    ['the', 'café', 'rose']
    """
    return normalize(text).split()
