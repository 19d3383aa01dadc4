"""The numbers of the words of an encoded text, and the file that lists the words."""

import pathlib
from collections.abc import Iterable


class WordNumbers(dict):
    """Numbers words in the order in which they are first asked for.

    >>> numbers = WordNumbers()
    >>> [numbers[word] for word in ("a", "rose", "is", "a", "rose")]
    [0, 1, 2, 0, 1]
    """

    def __missing__(self, word):
        number = self[word] = len(self)
        return number


def write_words(file: pathlib.Path, words: Iterable[str]) -> None:
    """Writes words without line ends, one per line."""
    text = "".join(f"{word}\n" for word in words)
    file.write_text(text, encoding="utf-8", newline="")


def read_words(file: pathlib.Path) -> list[str]:
    """Returns the words that `write_words` has written."""
    with file.open(encoding="utf-8", newline="") as lines:
        return lines.read().split("\n")[:-1]
