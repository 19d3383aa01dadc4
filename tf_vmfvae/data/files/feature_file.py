"""Published bag-of-words files: a label, then `word:count` pairs."""

import os
import pathlib
import re
from collections.abc import Iterator

import numpy as np

from tf_vmfvae.text import split_words

# Messages show at most this many characters of a line.
_SHOWN = 40
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINE = re.compile(rb"\s*[^\s:\0]+(?:\s+0*[1-9]\d{0,8}:0*[1-9]\d{0,8})*\s*")
_PAIR = re.compile(r"(-?\d{1,9}):(\S+)")


def read_features(
    path: str | os.PathLike, vocabulary_size: int
) -> Iterator[tuple[str, np.ndarray]]:
    r"""Reads a feature file, a document a line.

    A line is a label, then pairs `word:count`; words are numbered from 1. A line of a
    label alone is a document without words; blank lines are no documents. If a word
    occurs twice in a line, its counts are added up.

    Args:
        path: the file.
        vocabulary_size: the largest word number.

    Yields:
        Label and pairs of word id and count, int32 `[num_pairs, 2]`.

    Raises:
        ValueError: the file is missing or has no document, or a line is none of this
            kind; names file and line.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "train.feat")
    ...     _ = path.write_text("7 1:2 3:1\n8\n")
    ...     [(label, pairs.tolist()) for label, pairs in read_features(path, 3)]
    [('7', [[1, 2], [3, 1]]), ('8', [])]
    """
    path = pathlib.Path(path)
    is_empty = True
    with _opened(path) as file:
        for number, line in _numbered(file):
            if not line.strip():
                continue
            is_empty = False
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
            yield _decoded(label, path, number), _each_word_once(pairs)
    if is_empty:
        raise ValueError(f"{path} has no document: write one a line into it")


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
        for number, line in _numbered(file):
            fields = split_words(_decoded(line, path, number))
            if len(fields) not in (1, 2):
                raise ValueError(
                    f"{path}, line {number}: {' '.join(fields)[:_SHOWN]!r} is no word, "
                    "with or without its frequency"
                )
            if fields[0] in lines:
                raise ValueError(
                    f"{path}, line {number}: {fields[0][:_SHOWN]!r} is line "
                    f"{lines[fields[0]]} too; list each word once"
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


def _numbered(file):
    """Numbers the lines of a file from 1, and drops a byte order mark."""
    for number, line in enumerate(file, start=1):
        yield number, line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line


def _decoded(line, path, number):
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"{path}, line {number}: is not UTF-8 text") from None
    if "\0" in text:
        raise ValueError(
            f"{path}, line {number}: contains a zero byte, so it is not text"
        )
    return text


def _each_word_once(pairs):
    """Adds up the counts of a word that occurs twice: models expect each word once."""
    ids = pairs[:, 0]
    # The fast path: in nearly all files the ids increase.
    if np.all(ids[1:] > ids[:-1]):
        return pairs
    words, place = np.unique(ids, return_inverse=True)
    if len(words) == len(ids):
        return pairs
    counts = np.bincount(place, weights=pairs[:, 1])
    return np.stack([words, counts], axis=1).astype(np.int32)


def _complaint(line):
    """What is wrong with a line."""
    label, *pairs = line.decode("utf-8", "replace").split()
    if "\0" in label:
        return "begins with a zero byte, so it is not text"
    if ":" in label:
        return f"begins with {label[:_SHOWN]!r}: a label comes first"
    for pair in pairs:
        match = _PAIR.fullmatch(pair)
        if not match:
            return f"{pair[:_SHOWN]!r} is no pair word:count"
        if int(match[1]) < 1:
            return f"{pair[:_SHOWN]!r}: words are numbered from 1"
        if not re.fullmatch(r"0*[1-9]\d{0,8}", match[2]):
            return f"{pair[:_SHOWN]!r}: a count is a whole number of at least 1"
    return "is no label followed by pairs word:count"
