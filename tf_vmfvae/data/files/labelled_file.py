"""Files of sentences with labels, one a line."""

import os
import pathlib

from tf_vmfvae.data.files.text_file import read_text
from tf_vmfvae.text.words import END, split_words

# Longer numbers are not labels, and int() refuses thousands of digits.
MOST_DIGITS = 9


def read_labelled_sentences(
    path: str | os.PathLike, num_labels: int
) -> list[tuple[int, str]]:
    r"""Reads a UTF-8 text file, a label and a sentence a line.

    Empty lines and labels without words are left out, and so is a word `<eos>`.

    Args:
        path: the file.
        num_labels: how many labels there are; they are numbered from 0.

    Returns:
        Labels and sentences, words separated by single spaces; at least one.

    Raises:
        ValueError: the file is missing, unreadable, without words or not UTF-8 text,
            or a line does not begin with a label; the message names file and line.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "text.txt")
    ...     _ = path.write_text("4 so  good\n\n0 never again\n")
    ...     read_labelled_sentences(path, 5)
    [(4, 'so good'), (0, 'never again')]
    """
    path = pathlib.Path(path)
    sentences = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        first, *words = split_words(line) or [""]
        if not first:
            continue
        # isdecimal also holds for digits of other scripts, which int() reads.
        is_number = first.isdecimal() and len(first) <= MOST_DIGITS
        if not is_number or int(first) >= num_labels:
            raise ValueError(
                f"{path} line {number} begins with {first[:20]!r}: give a label from 0 "
                f"to {num_labels - 1}, a space and the sentence"
            )
        words = [word for word in words if word != END]
        if words:
            sentences.append((int(first), " ".join(words)))
    if not sentences:
        raise ValueError(f"{path} has no line with a word: write one sentence a line")
    return sentences
