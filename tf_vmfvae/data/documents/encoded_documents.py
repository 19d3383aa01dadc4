"""A user's documents, encoded in a folder."""

import array
import collections
import dataclasses
import itertools
import os
import pathlib
from collections.abc import Callable, Sequence

import numpy as np

from tf_vmfvae.data.documents.document_lexicon import DocumentLexicon
from tf_vmfvae.data.documents.own_documents import DocumentFiles, hold_out_documents
from tf_vmfvae.data.documents.stored_documents import (
    StoredDocuments,
    chunks,
    read_pairs,
)
from tf_vmfvae.data.files.encoded_folder import (
    encoding_bar,
    read_record,
    write_record,
)
from tf_vmfvae.data.files.number_file import NumberFile
from tf_vmfvae.data.files.text_file import open_bytes
from tf_vmfvae.data.files.word_numbers import WordNumbers, read_words, write_words
from tf_vmfvae.data.splits.held_out import SPLITS

# Pairs of the number of a word and its count, of one document after another, and how
# many pairs each document has; the distinct words, and for the training documents how
# often each occurs and in how many.
PAIRS, SIZES, LEXICON = "pairs.i4", "sizes.i4", "lexicon.txt"
OCCURRENCES, DOCUMENTS = "occurrences.i8", "documents.i8"
# Of the folder of encoded documents, and of its record, which is written last.
NAME = "documents"
RECORD = f"{NAME}.json"
# Version of these files.
FORMAT = 1
# Numbers that are written at a time.
BUFFER = 2**20
# Bytes of the number of a word, of its count, and of how many pairs a document has.
NUMBER = 4
# What is read of the text to estimate how much room it takes: samples, and bytes each.
SAMPLES, SAMPLE = 64, 2**16


@dataclasses.dataclass(frozen=True)
class EncodedDocuments:
    """Documents that have been encoded.

    Attributes:
        numbers: the pairs, see `StoredDocuments`.
        sizes: int32 `[num_documents]`, how many pairs each document has.
        lexicon: the words.
        rows_of: a mapping from "train", "validation" and "test" to the numbers of the
            documents.
        notes: how many documents are held out, for the user.
    """

    numbers: NumberFile
    sizes: np.ndarray
    lexicon: DocumentLexicon
    rows_of: dict[str, np.ndarray]
    notes: list[str]

    def splits(
        self, vocabulary: Sequence[str], labels: Sequence[str] | None
    ) -> dict[str, StoredDocuments]:
        """Returns the documents of each split, including empty ones.

        Args:
            vocabulary: words; the id of a word is its index plus 1.
            labels: one label per document, or None.
        """
        ends = np.cumsum(self.sizes, dtype=np.int64)
        documents = StoredDocuments.from_numbers(
            self.numbers,
            ends - self.sizes,
            self.sizes,
            self.lexicon.ids(vocabulary),
            None if labels is None else np.asarray(labels, str),
        )
        return {split: documents.select(self.rows_of[split]) for split in SPLITS}


def origin(documents: DocumentFiles, words: str) -> dict:
    """Returns what the record of documents holds whatever their content.

    Args:
        documents: the files.
        words: which words are counted.
    """
    return {"source": os.path.abspath(documents.path), "words": words}


def estimate_size(documents: DocumentFiles) -> int:
    """Returns about how many bytes documents take when they are encoded.

    It reads samples of them, and leaves out the list of distinct words, which takes
    little beside a large text.
    """
    size = documents.size
    every = max(len(documents.files) // SAMPLES, 1)
    files = documents.files[::every]
    read = found = 0
    for path in files:
        with open_bytes(path) as file:
            end = os.fstat(file.fileno()).st_size
            step = max(end * len(files) // SAMPLES, SAMPLE)
            for place in range(0, end, step):
                file.seek(place)
                sample = file.read(SAMPLE)
                read += len(sample)
                rows = sample.split(b"\n") if documents.one_per_line else [sample]
                words = sum(len(set(row.lower().split())) for row in rows)
                found += NUMBER * (2 * words + len(rows))
    return found * size // max(read, 1)


def encode(
    documents: DocumentFiles,
    find_words: Callable[[str], list[str]],
    folder: pathlib.Path,
    words: str,
) -> None:
    """Reads documents once and writes their bags of words.

    Args:
        documents: the files.
        find_words: a function from a document to its words.
        folder: an empty folder to write to.
        words: which words these are, for the record.

    Raises:
        ValueError: a file is unusable, or there are too few documents to hold any out.
        OSError: the folder cannot be written.
    """
    numbers, sizes = WordNumbers(), array.array("i")
    with (
        (folder / PAIRS).open("wb") as output,
        encoding_bar(documents.path, documents.size) as bar,
    ):
        buffer = array.array("i")
        for text in documents.texts(bar.update):
            counts = collections.Counter(find_words(text))
            row = zip(map(numbers.__getitem__, counts), counts.values(), strict=True)
            buffer.extend(itertools.chain.from_iterable(row))
            sizes.append(len(counts))
            if len(buffer) > BUFFER:
                buffer.tofile(output)
                del buffer[:]
        buffer.tofile(output)
    rows_of, _ = hold_out_documents(documents.path, len(sizes))
    # Not NumPy's `tofile`, which does not say that a disk is full.
    (folder / SIZES).write_bytes(sizes)
    write_words(folder / LEXICON, numbers)
    _write_frequencies(folder, np.array(sizes), len(numbers), rows_of["train"])
    record = {**origin(documents, words), "documents": len(sizes)}
    write_record(folder / RECORD, FORMAT, record)


def read_encoded(
    documents: DocumentFiles, folder: pathlib.Path
) -> EncodedDocuments | None:
    """Returns what was encoded in a folder, or None if it is not whole."""
    record = read_record(folder / RECORD, FORMAT)
    if record is None:
        return None
    rows_of, notes = hold_out_documents(documents.path, record["documents"])
    lexicon = DocumentLexicon(
        read_words(folder / LEXICON),
        np.fromfile(folder / OCCURRENCES, np.int64),
        np.fromfile(folder / DOCUMENTS, np.int64),
    )
    return EncodedDocuments(
        NumberFile(folder / PAIRS),
        np.fromfile(folder / SIZES, np.int32),
        lexicon,
        rows_of,
        notes,
    )


def _write_frequencies(folder, sizes, num_words, rows):
    """Counts the words of the training documents.

    Args:
        folder: where their pairs are.
        sizes: how many pairs each document has.
        num_words: number of distinct words.
        rows: numbers of the training documents.
    """
    numbers = NumberFile(folder / PAIRS)
    starts = (np.cumsum(sizes, dtype=np.int64) - sizes)[rows]
    sizes = sizes[rows]
    occurrences, documents = np.zeros((2, num_words), np.int64)
    for chunk in chunks(sizes):
        found, counts = read_pairs(numbers, starts[chunk], sizes[chunk]).T
        occurrences += np.bincount(found, counts, num_words).astype(np.int64)
        documents += np.bincount(found, minlength=num_words)
    (folder / OCCURRENCES).write_bytes(occurrences)
    (folder / DOCUMENTS).write_bytes(documents)
