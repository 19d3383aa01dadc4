"""Files of sentences, one a line."""

import os
import pathlib

from tf_vmfvae.text.words import END, split_words


def read_sentences(path: str | os.PathLike) -> list[str]:
    r"""Reads a UTF-8 text file, one sentence a line.

    Empty lines are left out and runs of Unicode's white space become one space. A word
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
    path = pathlib.Path(path)
    sentences = []
    # Not splitlines(), which also ends lines at characters inside a sentence.
    for line in read_text(path).split("\n"):
        words = [word for word in split_words(line) if word != END]
        if words:
            sentences.append(" ".join(words))
    if not sentences:
        raise ValueError(f"{path} has no line with a word: write one sentence a line")
    return sentences


def read_text(path: pathlib.Path) -> str:
    """Reads a UTF-8 text file whole.

    Raises:
        ValueError: the file is missing, unreadable, empty or not UTF-8 text.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        what = "is a link to nothing" if path.is_symlink() else "does not exist"
        raise ValueError(f"{path} {what}: give a UTF-8 text file") from None
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    if not content:
        raise ValueError(f"{path} is empty: write one sentence a line into it")
    return decode(path, content)


def decode(path: pathlib.Path, content: bytes) -> str:
    """Decodes a file's content.

    Raises:
        ValueError: it is not UTF-8 text; names the file.

    >>> decode(pathlib.Path("text.txt"), b"one")
    'one'
    """
    # A zero byte is valid UTF-8 but is in no text; it is in nearly every binary file.
    zero = content.find(b"\0")
    try:
        if zero >= 0:
            content[:zero].decode("utf-8")
        else:
            return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        zero = error.start
    raise ValueError(
        f"{path} is not UTF-8 text (byte {zero}): give a text file, or convert it with "
        "iconv -t utf-8"
    )
