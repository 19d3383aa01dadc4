"""Published bag-of-words files: a label, then `word:count` pairs."""

import os
import pathlib
import re
from collections.abc import Iterator

import numpy as np

_LINE = re.compile(rb"\s*[^\s:]+(?:\s+0*[1-9]\d{0,8}:0*[1-9]\d{0,8})*\s*")
_PAIR = re.compile(r"(-?\d{1,9}):(\S+)")


def read_features(
    path: str | os.PathLike, vocabulary_size: int
) -> Iterator[tuple[str, np.ndarray]]:
    r"""Reads a feature file, a document a line.

    A line is a label, then pairs `word:count`; words are numbered from 1. A line of a
    label alone is a document without words; blank lines are no documents.

    Args:
        path: the file.
        vocabulary_size: the largest word number.

    Yields:
        Label and pairs of word id and count, int32 `[num_pairs, 2]`.

    Raises:
        ValueError: the file is missing or a line is none of this kind; names file
            and line.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "train.feat")
    ...     _ = path.write_text("7 1:2 3:1\n8\n")
    ...     [(label, pairs.tolist()) for label, pairs in read_features(path, 3)]
    [('7', [[1, 2], [3, 1]]), ('8', [])]
    """
    path = pathlib.Path(path)
    with _opened(path) as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            if not _LINE.fullmatch(line):
                raise ValueError(f"{path}, line {number}: {_complaint(line)}")
            label, *pairs = line.split(maxsplit=1)
            numbers = b"".join(pairs).replace(b":", b" ").split()
            pairs = np.array(numbers, dtype="S9").astype(np.int32).reshape(-1, 2)
            if len(pairs) and not 1 <= pairs[:, 0].min() <= pairs[:, 0].max() <= (
                vocabulary_size
            ):
                ids = pairs[:, 0]
                wrong = ids[(ids < 1) | (ids > vocabulary_size)][0]
                raise ValueError(
                    f"{path}, line {number}: word {wrong} is not in the vocabulary, "
                    f"whose {vocabulary_size} words are numbered from 1: put the "
                    "vocabulary beside it that it was made with"
                )
            yield label.decode("utf-8", "replace"), pairs


def read_vocabulary(path: str | os.PathLike) -> list[str]:
    r"""Reads a vocabulary file: a word a line, which its frequency may follow.

    Args:
        path: the file; its first line is word 1.

    Raises:
        ValueError: the file is missing, a line is empty or a word is there twice.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "vocab.new")
    ...     _ = path.write_text("who 6494\nout 6114\n")
    ...     read_vocabulary(path)
    ['who', 'out']
    """
    path = pathlib.Path(path)
    lines = {}
    with _opened(path) as file:
        for number, line in enumerate(file, start=1):
            try:
                fields = line.decode("utf-8").split()
            except UnicodeDecodeError:
                raise ValueError(f"{path}, line {number}: is not UTF-8 text") from None
            if len(fields) not in (1, 2):
                raise ValueError(
                    f"{path}, line {number}: {' '.join(fields)!r} is no word, with "
                    "or without its frequency"
                )
            if fields[0] in lines:
                raise ValueError(
                    f"{path}, line {number}: {fields[0]!r} is line {lines[fields[0]]} "
                    "too; list each word once"
                )
            lines[fields[0]] = number
    if not lines:
        raise ValueError(f"{path} is empty: write a word a line into it")
    return list(lines)


def _opened(path):
    try:
        return path.open("rb")
    except FileNotFoundError:
        raise ValueError(f"{path} does not exist") from None
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None


def _complaint(line):
    """What is wrong with a line."""
    label, *pairs = line.decode("utf-8", "replace").split()
    if ":" in label:
        return f"begins with {label!r}: a label comes first"
    for pair in pairs:
        match = _PAIR.fullmatch(pair)
        if not match:
            return f"{pair[:40]!r} is no pair word:count"
        if int(match[1]) < 1:
            return f"{pair[:40]!r}: words are numbered from 1"
        if not re.fullmatch(r"0*[1-9]\d{0,8}", match[2]):
            return f"{pair[:40]!r}: a count is a whole number of at least 1"
    return "is no label followed by pairs word:count"
