"""Raw documents from the user's own files."""

import os
import pathlib

from tf_vmfvae.data.files.text_file import read_lines, read_text
from tf_vmfvae.data.splits.held_out import SPLITS, hold_out

# Raw documents and, if these are known, their labels.
Labelled = tuple[list[str], list[str] | None]


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
    path = pathlib.Path(path)
    texts, names, notes = _read(path, labels)
    splits, more = split_at_random(path, texts, names)
    return splits, notes + more


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
    if len(texts) < len(SPLITS):
        raise ValueError(
            f"{path} has too few documents, {len(texts)}: training, validation and "
            f"test need at least {len(SPLITS)}"
        )
    rows_of = dict(zip(SPLITS, hold_out(len(texts), len(SPLITS) - 1), strict=True))
    splits = {
        split: ([texts[i] for i in rows], names and [names[i] for i in rows])
        for split, rows in rows_of.items()
    }
    note = (
        f"{path}: {len(texts)} documents; {len(rows_of['validation'])} are held out "
        f"for validation and {len(rows_of['test'])} for testing"
    )
    return splits, [note]


def _read(path, labels):
    if not path.exists():
        raise ValueError(
            f"{path} does not exist: give a text file with one document per line, or a "
            "folder of .txt files"
        )
    if path.is_dir():
        if labels is not None:
            raise ValueError(
                f"{labels}: a file of labels belongs to a text file with one document "
                "per line; in a folder the names of its subfolders are the labels"
            )
        return _read_folder(path)
    texts = _read_stripped(path, "document")
    if labels is None:
        return texts, None, []
    names = _read_stripped(labels, "label")
    if len(names) != len(texts):
        raise ValueError(
            f"{labels} has {len(names)} lines, but {path} has {len(texts)}: give one "
            "label per document"
        )
    if "" in names:
        raise ValueError(f"{labels}, line {names.index('') + 1}: the label is missing")
    return texts, names, []


def _read_stripped(path, content):
    return [line.strip() for line in read_lines(path, content)]


def _read_folder(folder):
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
    texts = [read_text(file) for file in files or inner]
    if files:
        return texts, None, []
    empty = ", ".join(each.name for each in folders if not files_of[each])
    notes = [f"{folder}: no .txt file in {empty}, left out"] if empty else []
    return texts, [_label(file) for file in inner], notes


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
