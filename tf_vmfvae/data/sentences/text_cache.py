"""Sentences that are encoded once and then read from disk."""

import os
from collections.abc import Callable

from tf_vmfvae.data.files.encoded_folder import content_key
from tf_vmfvae.data.files.encoding_cache import Encoding, read_through_cache
from tf_vmfvae.data.sentences.encoded_text import (
    FORMAT,
    NAME,
    EncodedText,
    encode,
    estimate_size,
    origin,
    read_encoded,
)
from tf_vmfvae.data.sentences.own_text import (
    TextFiles,
    find_files,
    held_out_notes,
)


def read_large_text(
    path: str | os.PathLike,
    cache_dir: str | os.PathLike,
    max_length: int,
    report: Callable[[str], object] | None = None,
    labels: str | os.PathLike | None = None,
) -> tuple[EncodedText, list[str]]:
    """Reads a user's text as `read_own_text` does, but leaves it on disk.

    The first time, the text and its labels are encoded in a folder within `cache_dir`,
    see `read_through_cache`.

    Args:
        path: the file or folder, as for `read_own_text`.
        cache_dir: folder for encoded texts, which need not exist.
        max_length: words after which a sentence is cut, not counting `<eos>`.
        report: called with a line before and after work that may take minutes, `print`
            for example.
        labels: the file or folder of the labels, as for `read_own_text`.

    Returns:
        The text, and notes on what was done, one per line.

    Raises:
        ValueError: as `read_own_text` and `number_labels`, the text changes while it is
            read, or a file is a pipe.
        OSError: `cache_dir` cannot be used, or has less room than the encoded text
            needs; the message says so and what to do.
    """
    text = find_files(path, labels)
    found, notes = read_through_cache(_Sentences(text, max_length), cache_dir, report)
    return found, [*text.notes, *held_out_notes(text, found.held_out), *notes]


class _Sentences(Encoding[EncodedText]):
    """The sentences of a text, cut to `max_length` words, and their labels."""

    name, version, examples = NAME, FORMAT, "sentences"

    def __init__(self, text: TextFiles, max_length: int):
        self._text = text
        self._max_length = max_length
        self.path, self.labels, self.size = text.path, text.labels, text.size
        self.origin = origin(text, max_length)

    def key(self):
        return content_key(f"{FORMAT} {self._max_length}", self._text.files)

    def estimate_size(self):
        return estimate_size(self._text, self._max_length)

    def encode(self, folder):
        encode(self._text, folder, self._max_length)

    def read(self, folder):
        return read_encoded(self._text, folder)

    def count(self, found):
        return sum(map(len, found.splits.values()))
