"""Folders of documents as OCTIS stores them: corpus.tsv and vocabulary.txt."""

import os
import pathlib

from tf_vmfvae.data.documents.bag_of_words import count_listed_words
from tf_vmfvae.data.documents.documents import Documents
from tf_vmfvae.data.documents.own_documents import Labelled, split_at_random
from tf_vmfvae.data.files.feature_file import read_vocabulary
from tf_vmfvae.data.files.text_file import read_lines
from tf_vmfvae.text import split_words

CORPUS, VOCABULARY = "corpus.tsv", "vocabulary.txt"
# A split's name in corpus.tsv -> our name for it.
SPLIT_OF = {"train": "train", "val": "validation", "test": "test"}
# Error messages show at most this many characters of a field.
_SHOWN = 40


def read_octis_folder(
    path: str | os.PathLike,
) -> tuple[dict[str, Documents], list[str], list[str]]:
    r"""Reads a folder that holds corpus.tsv and vocabulary.txt.

    The documents are tokenised already, so a word is whatever stands between white
    space, and it counts if it is listed in vocabulary.txt exactly as it is written.

    Args:
        path: the folder; see `read_octis_texts` for corpus.tsv. vocabulary.txt has one
            word per line.

    Returns:
        A mapping from "train", "test" and, if there is one, "validation" to documents,
        including empty ones; the vocabulary, in the order of the file; and notes on
        what was done, one per line.

    Raises:
        ValueError: a file is missing or unusable; the message is one line and names
            the file and, if possible, the line.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder)
    ...     _ = (path / CORPUS).write_text("a b_2 a\ttrain\tx\nb_2 c\ttest\ty\n")
    ...     _ = (path / VOCABULARY).write_text("b_2\na\n")
    ...     splits, vocabulary, notes = read_octis_folder(folder)
    >>> splits["train"].pairs.tolist(), splits["test"].labels.tolist()
    ([[1, 1], [2, 2]], ['y'])
    """
    path = pathlib.Path(path)
    splits, notes = read_octis_texts(path)
    vocabulary = read_vocabulary(path / VOCABULARY)
    documents = {
        split: count_listed_words(texts, vocabulary, labels)
        for split, (texts, labels) in splits.items()
    }
    words = sum(
        len(split_words(text)) for texts, _ in splits.values() for text in texts
    )
    known = sum(int(split.num_words.sum()) for split in documents.values())
    if known < words:
        notes.append(
            f"{path / CORPUS}: {words - known} of {words} words are not in "
            f"{VOCABULARY} and are left out"
        )
    return documents, vocabulary, notes


def read_octis_texts(
    path: str | os.PathLike,
) -> tuple[dict[str, Labelled], list[str]]:
    """Reads the documents of corpus.tsv.

    Each line is a document: its words, and after a tab its split (train, val or test),
    and after another tab its label. Lines without labels, or without splits and
    labels, are fine if all of them are. Without splits, some documents are held out at
    random.

    Args:
        path: the folder that holds corpus.tsv and vocabulary.txt.

    Returns:
        As `read_own_documents`, but without "validation" if no line has that split.

    Raises:
        ValueError: the file is missing, a line is malformed, or there is no document to
            train on or to test on.
    """
    path = pathlib.Path(path)
    missing = [
        file for file in (path, path / CORPUS, path / VOCABULARY) if not file.exists()
    ]
    if missing or not path.is_dir():
        problem = f"{missing[0]} does not exist" if missing else f"{path} is a file"
        raise ValueError(
            f"{problem}: give a folder that holds {CORPUS} and {VOCABULARY}"
        )
    file = path / CORPUS
    rows = [
        line.removesuffix("\r").split("\t") for line in read_lines(file, "document")
    ]
    columns = len(rows[0])
    for number, row in enumerate(rows, start=1):
        problem = _problem(row, columns)
        if problem:
            raise ValueError(f"{file}, line {number}: {problem}")
    if columns == 1:
        return split_at_random(file, [row[0] for row in rows], None)
    splits = {}
    for name, split in SPLIT_OF.items():
        chosen = [row for row in rows if row[1] == name]
        if chosen:
            labels = [row[2] for row in chosen] if columns == 3 else None
            splits[split] = ([row[0] for row in chosen], labels)
        elif name != "val":
            raise ValueError(f"{file} has no document whose split is {name}: add some")
    return splits, []


def _problem(row, columns):
    """Returns what is wrong with the fields of a line; None if nothing is."""
    if len(row) > 3:
        return f"has {len(row)} columns: give the words, the split and the label"
    if len(row) != columns:
        return f"has {len(row)} columns, but line 1 has {columns}"
    if len(row) > 1 and row[1] not in SPLIT_OF:
        choices = ", ".join(SPLIT_OF)
        return f"the split is {row[1][:_SHOWN]!r}: choose one of {choices}"
    if len(row) > 2 and not row[2].strip():
        return "the label is missing"
    return None
