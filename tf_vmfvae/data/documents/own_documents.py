"""Raw documents from the user's own files."""

import dataclasses
import os
import pathlib
from collections.abc import Callable, Iterator

import numpy as np

from tf_vmfvae.data.files.text_file import (
    count_lines,
    iterate_lines,
    read_text,
    total_size,
)
from tf_vmfvae.data.splits.held_out import SPLITS, hold_out

# Raw documents and, if these are known, their labels.
Labelled = tuple[list[str], list[str] | None]


@dataclasses.dataclass(frozen=True)
class DocumentFiles:
    """The files of a user's documents.

    Attributes:
        path: the file or folder that the user named.
        files: a text file with one document per line, or files with one document each.
        one_per_line: which of these it is.
        labels_file: a text file with one label per line, or None.
        labelled_by_folder: whether the names of the files' folders are labels.
        notes: what was decided, one per line, for the user.
    """

    path: pathlib.Path
    files: list[pathlib.Path]
    one_per_line: bool
    labels_file: str | os.PathLike | None = None
    labelled_by_folder: bool = False
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """The number of bytes in all files of documents."""
        return total_size(self.files)

    def count(self) -> int:
        """Returns how many documents there are, without looking at their text."""
        return count_lines(self.path) if self.one_per_line else len(self.files)

    def texts(self, on_read: Callable[[int], object] | None = None) -> Iterator[str]:
        """Yields the documents, which are never in memory at once.

        Args:
            on_read: called with the number of bytes each time that some have been read.

        Raises:
            ValueError: a file is unusable, when the iterator gets there.
        """
        if self.one_per_line:
            for line in iterate_lines(self.path, "document", on_read):
                yield line.strip()
            return
        for file in self.files:
            text = read_text(file)
            if on_read:
                on_read(len(text.encode()))
            yield text

    def labels(self) -> list[str] | None:
        """Returns the label of each document, or None if they have none.

        A file of labels may be a pipe, which can be read only once.

        Raises:
            ValueError: the file or the name of a folder is unusable.
        """
        if self.labelled_by_folder:
            return [_label(file) for file in self.files]
        if self.labels_file is None:
            return None
        return [line.strip() for line in iterate_lines(self.labels_file, "label")]

    def check_labels(self, labels: list[str] | None, count: int) -> None:
        """Checks labels that were read from a file.

        Args:
            labels: what `labels` returned.
            count: number of documents.

        Raises:
            ValueError: there is not one label for each document, or one is missing.
        """
        if self.labels_file is None:
            return
        if len(labels) != count:
            raise ValueError(
                f"{self.labels_file} has {len(labels)} lines, but {self.path} has "
                f"{count}: give one label per document"
            )
        if "" in labels:
            raise ValueError(
                f"{self.labels_file}, line {labels.index('') + 1}: the label is missing"
            )


def read_own_documents(
    path: str | os.PathLike, labels: str | os.PathLike | None = None
) -> tuple[dict[str, Labelled], list[str]]:
    """Reads raw documents, and holds out some of them at random.

    Args:
        path: a text file with one document per line, a folder of .txt files with one
            document each, or a folder of such folders, whose names are the labels.
        labels: for a text file, a text file with one label per line.

    Returns:
        A mapping from "train", "validation" and "test" to raw documents, including
        empty ones, and their labels, or None if they have none; and notes on what was
        done, one per line.

    Raises:
        ValueError: a file or folder is missing or unusable, there is not one label
            per document, or there are too few documents to hold any out; the message
            is one line and names the file.
    """
    documents = find_own_documents(path, labels)
    texts, names = list(documents.texts()), documents.labels()
    documents.check_labels(names, len(texts))
    splits, notes = split_at_random(documents.path, texts, names)
    return splits, [*documents.notes, *notes]


def find_own_documents(
    path: str | os.PathLike, labels: str | os.PathLike | None = None
) -> DocumentFiles:
    """Finds the files that `read_own_documents` reads.

    Raises:
        ValueError: the file or folder is missing, or the folder is unusable.
    """
    path = pathlib.Path(path)
    if not path.exists():
        raise ValueError(
            f"{path} does not exist: give a text file with one document per line, or a "
            "folder of .txt files"
        )
    if not path.is_dir():
        return DocumentFiles(path, [path], one_per_line=True, labels_file=labels)
    if labels is not None:
        raise ValueError(
            f"{labels}: a file of labels belongs to a text file with one document per "
            "line; in a folder the names of its subfolders are the labels"
        )
    return _find_in_folder(path)


def split_at_random(
    path: pathlib.Path, texts: list[str], names: list[str] | None
) -> tuple[dict[str, Labelled], list[str]]:
    """Holds out some raw documents at random for validation and testing.

    Args:
        path: where the documents come from, for the messages.
        texts: the documents.
        names: their labels, or None.

    Returns:
        As `read_own_documents`.

    Raises:
        ValueError: there are too few documents to hold any out.
    """
    rows_of, notes = hold_out_documents(path, len(texts))
    splits = {
        split: ([texts[i] for i in rows], names and [names[i] for i in rows])
        for split, rows in rows_of.items()
    }
    return splits, notes


def hold_out_documents(
    path: pathlib.Path, count: int
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Chooses the documents that are held out, by their numbers.

    Args:
        path: where the documents come from, for the messages.
        count: how many there are.

    Returns:
        A mapping from "train", "validation" and "test" to increasing int64 numbers of
        documents, and notes on what was done.

    Raises:
        ValueError: there are too few documents.
    """
    if count < len(SPLITS):
        raise ValueError(
            f"{path} has too few documents, {count}: training, validation and test "
            f"need at least {len(SPLITS)}"
        )
    rows_of = dict(zip(SPLITS, hold_out(count, len(SPLITS) - 1), strict=True))
    note = (
        f"{path}: {count} documents; {len(rows_of['validation'])} are held out for "
        f"validation and {len(rows_of['test'])} for testing"
    )
    return rows_of, [note]


def _find_in_folder(folder):
    if (folder / "corpus.tsv").is_file():
        raise ValueError(
            f"{folder} holds corpus.tsv, as OCTIS stores documents: choose the dataset "
            "octis for it"
        )
    files = _text_files(folder)
    folders = [entry for entry in _entries(folder) if entry.is_dir()]
    files_of = {each: [] if each in files else _text_files(each) for each in folders}
    inner = [file for each in folders for file in files_of[each]]
    if files and inner:
        raise ValueError(
            f"{folder} holds both .txt files ({files[0].name}) and folders of them "
            f"({inner[0].parent.name}): remove one or the other"
        )
    if not files and not inner:
        raise ValueError(
            f"{folder} holds no .txt file and no folder of them: put each document "
            "into a .txt file"
        )
    if files:
        return DocumentFiles(folder, files, one_per_line=False)
    empty = ", ".join(each.name for each in folders if not files_of[each])
    notes = [f"{folder}: no .txt file in {empty}, left out"] if empty else []
    return DocumentFiles(
        folder, inner, one_per_line=False, labelled_by_folder=True, notes=tuple(notes)
    )


def _text_files(folder):
    return [file for file in _entries(folder) if file.suffix.lower() == ".txt"]


def _entries(folder):
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise ValueError(f"{folder} cannot be read: {error.strerror}") from None


def _label(file):
    """Returns the name of a document's folder."""
    name = file.parent.name
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        raise ValueError(
            f"{file.parent.parent}: the folder name {name!r} is a label, but it is not "
            "UTF-8: rename the folder"
        ) from None
    return name
