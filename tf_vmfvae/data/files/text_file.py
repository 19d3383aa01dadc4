"""UTF-8 text files, and text files with one sentence per line."""

import contextlib
import os
import pathlib
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO

from tf_vmfvae.text.words import END, split_words

# Bytes that are read at a time; a chunk ends where a line does.
CHUNK = 2**20


def read_sentences(path: str | os.PathLike) -> list[str]:
    r"""Reads a UTF-8 text file with one sentence per line.

    Empty lines are left out, and runs of Unicode white space become one space. The word
    `<eos>` is left out too: every sentence gets its own end. The text is converted to
    Unicode's normal form C.

    Args:
        path: the file.

    Returns:
        The sentences, words separated by single spaces; at least one.

    Raises:
        ValueError: the file is missing, unreadable, empty, without words, or not UTF-8
            text; the message names the file and says what to do.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "text.txt")
    ...     _ = path.write_text("one  two\n\nthree\n")
    ...     read_sentences(path)
    ['one two', 'three']
    """
    return [" ".join(words) for words in iterate_words(path)]


def iterate_words(
    path: str | os.PathLike, on_read: Callable[[int], object] | None = None
) -> Iterator[list[str]]:
    """Yields the words of each sentence of a file, see `read_sentences`.

    The file is never in memory at once.

    Args:
        path: the file.
        on_read: called with the number of bytes each time that some have been read.

    Raises:
        ValueError: as `read_sentences`, when the iterator gets there.
    """
    is_empty = True
    for line in iterate_lines(path, on_read=on_read):
        if words := words_of_line(line):
            is_empty = False
            yield words
    if is_empty:
        raise ValueError(f"{path} has no line with a word: write one sentence per line")


def words_of_line(line: str) -> list[str]:
    """Returns the words of a line without `<eos>`, which every sentence gets later.

    >>> words_of_line("one  two <eos>")
    ['one', 'two']
    """
    return [word for word in split_words(line) if word != END]


def read_lines(path: str | os.PathLike, content: str = "sentence") -> list[str]:
    """Returns the lines of a UTF-8 text file without their line ends; at least one.

    Args:
        path: the file.
        content: what each line should hold, for error messages.

    Raises:
        ValueError: the file is missing, unreadable, empty or not UTF-8 text.
    """
    return list(iterate_lines(path, content))


def iterate_lines(
    path: str | os.PathLike,
    content: str = "sentence",
    on_read: Callable[[int], object] | None = None,
) -> Iterator[str]:
    """Yields the lines of a UTF-8 text file, see `read_lines`.

    Args:
        path: the file.
        content: what each line should hold, for error messages.
        on_read: called with the number of bytes each time that some have been read.

    Raises:
        ValueError: as `read_lines`, when the iterator gets there.
    """
    is_empty, start = True, 0
    with open_bytes(path) as file:
        while chunk := file.read(CHUNK):
            chunk += file.readline()
            # Not splitlines(), which also splits at characters that occur inside
            # sentences.
            lines = decode(path, chunk, start).split("\n")
            # The line end of the last line does not start another line.
            if lines[-1] == "":
                lines.pop()
            is_empty = is_empty and not lines
            yield from lines
            start += len(chunk)
            if on_read:
                on_read(len(chunk))
    if is_empty:
        raise ValueError(f"{path} is empty: write one {content} per line")


def count_lines(path: str | os.PathLike) -> int:
    """Returns how many lines `iterate_lines` yields, without looking at their text.

    Raises:
        ValueError: the file is missing or unreadable.
    """
    count, last = 0, b"\n"
    with open_bytes(path) as file:
        while chunk := file.read(CHUNK):
            count += chunk.count(b"\n")
            last = chunk[-1:]
    return count + (last != b"\n")


def read_text(path: str | os.PathLike) -> str:
    """Returns the text of a UTF-8 file, which may be empty.

    Raises:
        ValueError: the file is missing, unreadable or not UTF-8 text.
    """
    with open_bytes(path) as file:
        return decode(path, file.read())


def total_size(files: Iterable[pathlib.Path]) -> int:
    """Returns the number of bytes in all files; one that is missing counts as empty.

    Whoever reads the file says what is wrong with it.
    """
    total = 0
    for file in files:
        with contextlib.suppress(OSError):
            total += file.stat().st_size
    return total


@contextlib.contextmanager
def open_bytes(path: str | os.PathLike) -> Iterator[BinaryIO]:
    """Opens a file to read its bytes.

    Raises:
        ValueError: the file is missing or cannot be read, also if that fails later on.
    """
    path = pathlib.Path(path)
    try:
        with path.open("rb") as file:
            yield file
    except FileNotFoundError:
        what = "is a broken link" if path.is_symlink() else "does not exist"
        raise ValueError(f"{path} {what}: give a UTF-8 text file") from None
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None


def decode(source: str | os.PathLike, content: bytes, start: int = 0) -> str:
    """Returns bytes as text, without a byte order mark.

    Args:
        source: where the bytes come from, for error messages.
        content: the bytes.
        start: place of the first of them in the source. A byte order mark can only be
            at place 0.

    Raises:
        ValueError: they are not UTF-8 text.

    >>> decode("text.txt", b"one")
    'one'
    """
    # A zero byte is valid UTF-8, but only binary files contain it.
    position = content.find(b"\0")
    try:
        if position < 0:
            return content.decode("utf-8" if start else "utf-8-sig")
        content[:position].decode("utf-8")
    except UnicodeDecodeError as error:
        position = error.start
    raise ValueError(
        f"{source} is not UTF-8 text (byte {start + position}): give a text file, or "
        "convert it with iconv -t utf-8"
    )
