"""Raw documents from the user's own files."""

import os
import pathlib

from tf_vmfvae.data.files.text_file import decode


def read_own_documents(
    path: str | os.PathLike, labels: str | os.PathLike | None = None
) -> tuple[list[str], list[str] | None, list[str]]:
    """Reads raw documents.

    Args:
        path: a text file, a document a line; a folder of .txt files, a document each;
            or a folder of such folders, whose names are the labels.
        labels: a text file, a label a line, for the documents of a text file.

    Returns:
        The documents, empty ones included; their labels, or None if they have none; and
        notes about folders that were left out, a line each.

    Raises:
        ValueError: a file or folder is missing or unusable, or there are more or fewer
            labels than documents; one line that names the file.
    """
    path = pathlib.Path(path)
    if not path.exists():
        raise ValueError(
            f"{path} does not exist: give a text file, a document a line, or a folder "
            "of .txt files"
        )
    if path.is_dir():
        if labels is not None:
            raise ValueError(
                f"{labels}: labels go with a file of a document a line; of a folder "
                "the names of its subfolders are the labels"
            )
        return _read_folder(path)
    texts = _read_lines(path)
    if labels is None:
        return texts, None, []
    names = _read_lines(pathlib.Path(labels))
    if len(names) != len(texts):
        raise ValueError(
            f"{labels} has {len(names)} lines, {path} has {len(texts)}: give a label "
            "a document"
        )
    if "" in names:
        raise ValueError(f"{labels}, line {names.index('') + 1}: the label is missing")
    return texts, names, []


def _read_folder(folder):
    files = _text_files(folder)
    folders = [each for each in _entries(folder) if each.is_dir()]
    by_label = {each: [] if each in files else _text_files(each) for each in folders}
    inner = [file for each in folders for file in by_label[each]]
    if files and inner:
        raise ValueError(
            f"{folder} holds both .txt files ({files[0].name}) and folders of them "
            f"({inner[0].parent.name}): leave one kind"
        )
    if not files and not inner:
        raise ValueError(
            f"{folder} holds no .txt file and no folder of them: put a document each "
            "into .txt files"
        )
    texts = [decode(file, _content(file)) for file in files or inner]
    if files:
        return texts, None, []
    empty = ", ".join(each.name for each in folders if not by_label[each])
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
            "UTF-8: rename it"
        ) from None
    return name


def _read_lines(path):
    lines = decode(path, _content(path)).split("\n")
    # The last line ends in a line end; it does not begin another one.
    if lines[-1] == "":
        lines.pop()
    if not lines:
        raise ValueError(f"{path} is empty: write one document a line into it")
    return [line.strip() for line in lines]


def _content(path):
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ValueError(f"{path} does not exist") from None
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
