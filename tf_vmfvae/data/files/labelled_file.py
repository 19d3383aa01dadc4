"""Text files with a label and a sentence on each line."""

import os

from tf_vmfvae.data.files.text_file import read_lines, words_of_line

# int() refuses thousands of digits, and no label is longer than this.
MOST_DIGITS = 9


def read_labelled_sentences(
    path: str | os.PathLike, num_labels: int
) -> list[tuple[int, str]]:
    r"""Reads a UTF-8 text file with a label and a sentence on each line.

    Empty lines and labels without words are left out, and so is the word `<eos>`.

    Args:
        path: the file.
        num_labels: number of labels; they are numbered from 0.

    Returns:
        Labels and sentences, words separated by single spaces; at least one.

    Raises:
        ValueError: the file is missing, unreadable, without words or not UTF-8 text,
            or a line does not begin with a label; the message names file and line.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "text.txt")
    ...     _ = path.write_text("4 so  good\n\n0 never again\n")
    ...     read_labelled_sentences(path, 5)
    [(4, 'so good'), (0, 'never again')]
    """
    sentences = []
    for number, line in enumerate(read_lines(path), start=1):
        label, *words = words_of_line(line) or [""]
        if not label:
            continue
        # isdecimal also accepts digits of other scripts, which int() reads.
        is_number = label.isdecimal() and len(label) <= MOST_DIGITS
        if not is_number or int(label) >= num_labels:
            raise ValueError(
                f"{path}, line {number}: begins with {label[:20]!r}; give a label from "
                f"0 to {num_labels - 1}, a space and the sentence"
            )
        if words:
            sentences.append((int(label), " ".join(words)))
    if not sentences:
        raise ValueError(f"{path} has no line with a word: write one sentence per line")
    return sentences
