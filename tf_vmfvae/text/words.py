"""The words of a text."""

import unicodedata

UNKNOWN, END = "<unk>", "<eos>"


def normalize(text: str) -> str:
    r"""Returns the text in Unicode's normal form C.

    In this form a letter with an accent is one character, even if it was written as a
    letter followed by a combining accent.

    >>> len("e\u0301tude"), len(normalize("e\u0301tude"))
    (6, 5)
    """
    return unicodedata.normalize("NFC", text)


def split_words(text: str) -> list[str]:
    r"""Normalises a text and splits it at Unicode's white space.

    `WordTokenizer` splits text in the same places.

    >>> split_words("the\u00a0cafe\u0301 \n rose")
    ['the', 'café', 'rose']
    """
    return normalize(text).split()
