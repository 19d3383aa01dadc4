"""Published bag-of-words files: a label, then `word:count` pairs."""

import codecs
import os
import re
from collections.abc import Iterator

import numpy as np

from tf_vmfvae.data.files.text_file import decode, open_bytes, read_lines
from tf_vmfvae.text import split_words

# Error messages show at most this many characters of a line.
_SHOWN = 40
_LINE = re.compile(rb"\s*[^\s:\0]+(?:\s+0*[1-9]\d{0,8}:0*[1-9]\d{0,8})*\s*")
_PAIR = re.compile(r"(-?\d{1,9}):(\S+)")
_COUNT = re.compile(r"0*[1-9]\d{0,8}")


def read_features(
    path: str | os.PathLike, vocabulary_size: int
) -> Iterator[tuple[str, np.ndarray]]:
    r"""Reads a feature file with one document per line.

    A line is a label, then pairs `word:count`; words are numbered from 1. A line with
    only a label is a document without words; blank lines are skipped. If a word occurs
    twice on a line, its counts are added up.

    Args:
        path: the file.
        vocabulary_size: the largest word number.

    Yields:
        Label and pairs of word id and count, int32 `[num_pairs, 2]`.

    Raises:
        ValueError: the file is missing or has no document, or a line has another
            format; the message names file and line.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "train.feat")
    ...     _ = path.write_text("7 1:2 3:1\n8\n")
    ...     [(label, pairs.tolist()) for label, pairs in read_features(path, 3)]
    [('7', [[1, 2], [3, 1]]), ('8', [])]
    """
    is_empty = True
    with open_bytes(path) as file:
        for number, line in enumerate(file, start=1):
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
            if not line.strip():
                continue
            is_empty = False
            where = f"{path}, line {number}"
            if not _LINE.fullmatch(line):
                raise ValueError(f"{where}: {_problem(decode(where, line))}")
            label, *rest = line.split(maxsplit=1)
            numbers = b"".join(rest).replace(b":", b" ").split()
            pairs = np.array(numbers, dtype="S").astype(np.int32).reshape(-1, 2)
            ids = pairs[:, 0]
            unknown = ids[(ids < 1) | (ids > vocabulary_size)]
            if len(unknown):
                raise ValueError(
                    f"{where}: word {unknown[0]} is not in the vocabulary, whose "
                    f"{vocabulary_size} words are numbered from 1; give the vocabulary "
                    "that belongs to the file"
                )
            yield decode(where, label), _each_word_once(pairs)
    if is_empty:
        raise ValueError(f"{path} has no document: write one per line")


def read_vocabulary(path: str | os.PathLike) -> list[str]:
    r"""Reads a vocabulary file: one word per line, which its frequency may follow.

    Args:
        path: the file; its first line is word 1.

    Raises:
        ValueError: the file is missing, a line is empty or a word is listed twice.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "vocab.new")
    ...     _ = path.write_text("who 6494\nout 6114\n")
    ...     read_vocabulary(path)
    ['who', 'out']
    """
    line_of: dict[str, int] = {}
    for number, line in enumerate(read_lines(path, "word"), start=1):
        where = f"{path}, line {number}"
        fields = split_words(line)
        word, *frequency = fields or [""]
        is_number = all(field.isdecimal() for field in frequency)
        if not word or len(frequency) > 1 or not is_number:
            raise ValueError(
                f"{where}: {' '.join(fields)[:_SHOWN]!r} is not a word, with or "
                "without its frequency"
            )
        if word in line_of:
            raise ValueError(
                f"{where}: {word[:_SHOWN]!r} is also on line {line_of[word]}; list "
                "each word once"
            )
        line_of[word] = number
    return list(line_of)


def _each_word_once(pairs):
    """Adds up the counts of a word that occurs twice: models expect each word once."""
    ids = pairs[:, 0]
    # The fast path: in nearly all files the ids increase.
    if np.all(ids[1:] > ids[:-1]):
        return pairs
    words, inverse = np.unique(ids, return_inverse=True)
    if len(words) == len(ids):
        return pairs
    counts = np.bincount(inverse, weights=pairs[:, 1])
    return np.stack([words, counts], axis=1).astype(np.int32)


def _problem(line):
    """Returns what is wrong with a line that has another format."""
    label, *pairs = line.split()
    if ":" in label:
        return f"begins with {label[:_SHOWN]!r}; a label comes first"
    for pair in pairs:
        match = _PAIR.fullmatch(pair)
        if not match:
            return f"{pair[:_SHOWN]!r} is not a pair word:count"
        if int(match[1]) < 1:
            return f"{pair[:_SHOWN]!r}: words are numbered from 1"
        if not _COUNT.fullmatch(match[2]):
            return f"{pair[:_SHOWN]!r}: a count is a whole number of at least 1"
    return "is not a label followed by pairs word:count"
