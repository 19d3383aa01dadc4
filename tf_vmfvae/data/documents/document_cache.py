"""Documents that are encoded once and then read from disk."""

import os
from collections.abc import Callable, Sequence

from tf_vmfvae.data.documents.encoded_documents import (
    FORMAT,
    NAME,
    EncodedDocuments,
    encode,
    estimate_size,
    origin,
    read_encoded,
)
from tf_vmfvae.data.documents.own_documents import DocumentFiles
from tf_vmfvae.data.files.encoded_folder import content_key
from tf_vmfvae.data.files.encoding_cache import Encoding, read_through_cache
from tf_vmfvae.data.files.text_digest import text_digest
from tf_vmfvae.text.document_words import document_words, listed_words


def read_large_documents(
    documents: DocumentFiles,
    cache_dir: str | os.PathLike,
    vocabulary: Sequence[str] | None = None,
    report: Callable[[str], object] | None = None,
) -> tuple[EncodedDocuments, list[str]]:
    """Reads a user's documents, but leaves their bags of words on disk.

    The first time, they are encoded in a folder within `cache_dir`, see
    `read_through_cache`. Labels are not encoded.

    Args:
        documents: the files.
        cache_dir: folder for encoded texts, which need not exist.
        vocabulary: words in Unicode's normal form C that `listed_words` shall find. By
            default all words that `document_words` finds are counted, so that other
            vocabularies of such words need no other encoding.
        report: called with a line before and after work that may take minutes, `print`
            for example.

    Returns:
        The documents, and notes on what was done, one per line.

    Raises:
        ValueError: a file of documents is unusable, or changes while it is read, there
            are too few documents to hold any out, or a word of the vocabulary contains
            white space.
        OSError: `cache_dir` cannot be used, or has less room than the encoded documents
            need; the message says so and what to do.
    """
    text = _Documents(documents, vocabulary)
    found, notes = read_through_cache(text, cache_dir, report)
    return found, [*found.notes, *notes]


class _Documents(Encoding[EncodedDocuments]):
    """The bags of words of documents."""

    name, version, examples = NAME, FORMAT, "documents"

    def __init__(self, documents: DocumentFiles, vocabulary: Sequence[str] | None):
        self._documents = documents
        self._find_words, self._words = document_words, "all"
        if vocabulary is not None:
            self._find_words = listed_words(vocabulary)
            self._words = text_digest(vocabulary)[1]
        self.path, self.size = documents.path, documents.size
        self.origin = origin(documents, self._words)

    def key(self):
        part = "line" if self._documents.one_per_line else "file"
        files = ((part, file) for file in self._documents.files)
        return content_key(f"{NAME} {FORMAT} {self._words}", files)

    def estimate_size(self):
        return estimate_size(self._documents)

    def encode(self, folder):
        encode(self._documents, self._find_words, folder, self._words)

    def read(self, folder):
        return read_encoded(self._documents, folder)

    def count(self, found):
        return len(found.sizes)
