"""A user's text, encoded in a folder."""

import array
import dataclasses
import os
import pathlib

import numpy as np

from tf_vmfvae.data.files.encoded_folder import (
    encoding_bar,
    read_record,
    write_record,
)
from tf_vmfvae.data.files.number_file import NumberFile
from tf_vmfvae.data.files.text_digest import text_digest
from tf_vmfvae.data.files.text_file import iterate_words, open_bytes
from tf_vmfvae.data.files.word_numbers import WordNumbers, read_words, write_words
from tf_vmfvae.data.sentences.label_numbers import LabelNumbers
from tf_vmfvae.data.sentences.lexicon import Lexicon
from tf_vmfvae.data.sentences.own_labels import iterate_labelled
from tf_vmfvae.data.sentences.own_text import TextFiles, hold_out_lines
from tf_vmfvae.data.sentences.stored_sentences import StoredSentences
from tf_vmfvae.text.words import END

# Numbers of the words of all sentences, and how many words each sentence has, each with
# its `<eos>`; the distinct words, and how often each occurs in the training set.
WORDS, LENGTHS, LEXICON, COUNTS = "words.i4", "lengths.i4", "lexicon.txt", "counts.i8"
# Numbers of the labels of all sentences, if they have labels.
LABELS = "labels.i4"
# Of the folder of an encoded text, and of its record, which is written last.
NAME = "text"
RECORD = f"{NAME}.json"
# Version of these files.
FORMAT = 1
# Words that are written at a time.
BUFFER = 2**20
# Bytes of the number of a word or of a label, and of the length of a sentence.
NUMBER = 4
# What is read of each file to estimate how much room it takes: samples, and bytes each.
SAMPLES, SAMPLE = 16, 2**18


@dataclasses.dataclass(frozen=True)
class EncodedText:
    """A text that has been encoded.

    Attributes:
        splits: a mapping from "train", "validation" and "test" to sentences.
        held_out: the numbers of the lines of the training files in each split that has
            no file, see `hold_out_lines`.
        num_cut: number of sentences that were cut.
        labels: a mapping from each split to the numbers of the sentences' labels, int32
            `[sentences]`; None if there are no labels.
        label_names: the name of each label; None if there are none.
    """

    splits: dict[str, StoredSentences]
    held_out: dict[str, np.ndarray]
    num_cut: int
    labels: dict[str, np.ndarray] | None = None
    label_names: tuple[str, ...] | None = None

    @property
    def lexicon(self) -> Lexicon:
        """The words of the text."""
        return self.splits["train"].lexicon


def estimate_size(text: TextFiles, max_length: int) -> int:
    """Returns about how many bytes a text takes when it is encoded.

    It reads samples of the text, and leaves out the list of distinct words, which
    takes little beside the sentences of a large text.

    Args:
        text: the files.
        max_length: words after which a sentence is cut, not counting `<eos>`.
    """
    # Each sentence has an `<eos>` and a length, and perhaps a label.
    more = 2 if text.labels is None else 3
    return sum(
        _estimate_size(file, max_length, more)
        for files in text.splits.values()
        for file in files
    )


def encode(text: TextFiles, folder: pathlib.Path, max_length: int) -> None:
    """Reads a text and its labels once, and writes words and labels as numbers.

    Args:
        text: the files.
        folder: an empty folder to write to.
        max_length: words after which a sentence is cut, not counting `<eos>`.

    Raises:
        ValueError: a file is unusable, there are too few lines to hold any out, or the
            labels are unusable, see `read_labelled` and `number_labels`.
        OSError: the folder cannot be written.
    """
    numbers = WordNumbers({END: 0})
    lengths, sentences, num_cut = array.array("i"), {}, 0
    labels = LabelNumbers()
    with (
        (folder / WORDS).open("wb") as output,
        encoding_bar(text.path, text.size) as bar,
    ):
        buffer = array.array("i")
        for split, files in text.splits.items():
            before = len(lengths)
            for file in files:
                for words in _iterate(text, file, labels, bar.update):
                    num_cut += len(words) > max_length
                    row = words[:max_length]
                    buffer.extend(map(numbers.__getitem__, row))
                    buffer.append(0)
                    lengths.append(len(row) + 1)
                    if len(buffer) > BUFFER:
                        buffer.tofile(output)
                        del buffer[:]
            sentences[split] = len(lengths) - before
        buffer.tofile(output)
    # Not NumPy's `tofile`, which does not say that a disk is full.
    (folder / LENGTHS).write_bytes(lengths)
    write_words(folder / LEXICON, numbers)
    del numbers, lengths
    record = {
        **origin(text, max_length),
        "cut": num_cut,
        "sentences": sentences,
    }
    rows = _rows(record, hold_out_lines(text, sentences["train"]))
    if text.labels is not None:
        record["label_names"], found = labels.in_order(rows, text.labels)
        (folder / LABELS).write_bytes(found)
    del labels
    lexicon = Lexicon(read_words(folder / LEXICON))
    splits = _read_splits(folder, record, lexicon, rows)
    (folder / COUNTS).write_bytes(splits["train"].counts())
    record["digests"] = {
        split: text_digest(sentences)[1] for split, sentences in splits.items()
    }
    write_record(folder / RECORD, FORMAT, record)


def origin(text: TextFiles, max_length: int) -> dict:
    """Returns what the record of a text holds whatever its content."""
    labels = text.labels and os.path.abspath(text.labels)
    source = os.path.abspath(text.path)
    return {"source": source, "labels": labels, "max_length": max_length}


def read_encoded(text: TextFiles, folder: pathlib.Path) -> EncodedText | None:
    """Returns the text that was encoded in a folder, or None if it is not whole."""
    record = read_record(folder / RECORD, FORMAT)
    if record is None:
        return None
    held_out = hold_out_lines(text, record["sentences"]["train"])
    counts = np.fromfile(folder / COUNTS, np.int64)
    lexicon = Lexicon(read_words(folder / LEXICON), counts)
    rows = _rows(record, held_out)
    splits = _read_splits(folder, record, lexicon, rows)
    found = EncodedText(splits, held_out, record["cut"])
    if text.labels is None:
        return found
    labels = np.fromfile(folder / LABELS, np.int32)
    return dataclasses.replace(
        found,
        labels={split: labels[own] for split, own in rows.items()},
        label_names=tuple(record["label_names"]),
    )


def _iterate(text, file, labels, on_read):
    """Returns an iterator over the words of each sentence, which collects labels."""
    names = text.labels_of(file)
    if names is None:
        return iterate_words(file, on_read)
    return labels.collect(iterate_labelled(file, names, on_read))


def _estimate_size(path, max_length, more):
    read = found = 0
    with open_bytes(path) as file:
        size = os.fstat(file.fileno()).st_size
        for place in range(0, size, max(-(-size // SAMPLES), SAMPLE)):
            file.seek(place)
            sample = file.read(SAMPLE)
            lengths = [len(line.split()) for line in sample.split(b"\n")]
            sentences = [min(length, max_length) + more for length in lengths if length]
            found += NUMBER * sum(sentences)
            read += len(sample)
    return found * size // max(read, 1)


def _rows(record, held_out):
    """Returns the numbers of the sentences in each split."""
    # The training files come first.
    rows, first = dict(held_out), 0
    for split, count in record["sentences"].items():
        if split not in rows:
            rows[split] = np.arange(first, first + count)
        first += count
    return rows


def _read_splits(folder, record, lexicon, rows):
    words = NumberFile(folder / WORDS)
    lengths = np.fromfile(folder / LENGTHS, np.int32)
    starts = np.cumsum(lengths, dtype=np.int64) - lengths
    digests = record.get("digests", {})
    return {
        split: StoredSentences(
            words, starts[found], lengths[found], lexicon, digests.get(split)
        )
        for split, found in rows.items()
    }
