"""Sentences from the user's own files."""

import dataclasses
import os
import pathlib
from collections.abc import Sequence

import numpy as np

from tf_vmfvae.data.files.encoded_folder import is_pipe
from tf_vmfvae.data.files.text_file import read_sentences, total_size
from tf_vmfvae.data.sentences.own_labels import check_same_kind, read_labelled
from tf_vmfvae.data.splits.held_out import ONE_IN, SPLITS

# Split -> the names that its file may have in a folder, without ".txt".
FILE_NAMES = {
    "train": ("train", "training"),
    "validation": ("valid", "validation", "dev", "val"),
    "test": ("test",),
}


# Of sentences, or of pairs of a sentence and its label.
Splits = dict[str, list]


@dataclasses.dataclass(frozen=True)
class TextFiles:
    """The files of a user's text.

    Attributes:
        path: the file or folder that the user named.
        splits: a mapping from "train" and, if they have files of their own,
            "validation" and "test" to files, which are read one after the other.
        notes: what was decided, one per line, for the user.
        labels: the file or folder of the labels; `None` if there are none.
    """

    path: pathlib.Path
    splits: dict[str, list[pathlib.Path]]
    notes: tuple[str, ...] = ()
    labels: pathlib.Path | None = None

    @property
    def missing(self) -> list[str]:
        """The splits that have no file, for which lines are held out."""
        return [split for split in SPLITS if split not in self.splits]

    @property
    def files(self) -> list[tuple[str, pathlib.Path]]:
        """What each file holds, a split or "labels", and the file, in a fixed order."""
        found = []
        for split, files in self.splits.items():
            for file in files:
                found.append((split, file))
                if self.labels is not None:
                    found.append(("labels", self.labels_of(file)))
        return found

    @property
    def size(self) -> int:
        """The number of bytes in all files."""
        return total_size(file for _, file in self.files)

    @property
    def has_pipe(self) -> bool:
        """Whether a file is a pipe, or a terminal, which is read only once."""
        return any(is_pipe(file) for _, file in self.files)

    def labels_of(self, file: pathlib.Path) -> pathlib.Path | None:
        """Returns the file with the labels of a text file; `None` without labels."""
        if self.labels is None or not self.labels.is_dir():
            return self.labels
        return self.labels / file.name


def read_own_text(
    path: str | os.PathLike, labels: str | os.PathLike | None = None
) -> tuple[Splits, dict[str, list[str]] | None, list[str]]:
    """Reads a text file, or a folder of them, and returns its splits.

    A folder may hold train.txt, valid.txt (or validation.txt, dev.txt, val.txt) and
    test.txt. If one of the last two is missing, one line in 20 of the training set
    takes its place, always the same lines. A folder without train.txt is read as one
    text: its .txt files in alphabetical order.

    Args:
        path: the file or folder.
        labels: the file of the labels, one per line, or a folder that holds such a
            file under the name of each text file; `None` if there are none.

    Returns:
        A mapping from "train", "validation" and "test" to sentences, another one to
        the label of each sentence (`None` without labels), and notes on what was done,
        one per line.

    Raises:
        ValueError: a file or the folder is missing or unusable, there is not one label
            for each sentence, or there are too few lines to hold any out.
    """
    found, notes = _read(find_files(path, labels))
    if labels is None:
        return found, None, notes
    texts, names = (
        {split: [pair[place] for pair in own] for split, own in found.items()}
        for place in range(2)
    )
    return texts, names, notes


def _read(text: TextFiles) -> tuple[Splits, list[str]]:
    """Returns the sentences, or pairs of a sentence and its label, and notes."""

    def read(file):
        labels = text.labels_of(file)
        return read_sentences(file) if labels is None else read_labelled(file, labels)

    splits = {
        split: [example for file in files for example in read(file)]
        for split, files in text.splits.items()
    }
    lines = splits["train"]
    rows = hold_out_lines(text, len(lines))
    splits |= {split: [lines[row] for row in rows[split]] for split in rows}
    return splits, [*text.notes, *held_out_notes(text, rows)]


def find_files(
    path: str | os.PathLike, labels: str | os.PathLike | None = None
) -> TextFiles:
    """Finds the files that `read_own_text` reads.

    Args:
        path: the file or folder of the text.
        labels: those of the labels, or `None`. Whether each file of labels exists is
            seen when it is read.

    Raises:
        ValueError: the file or the folder is missing, the folder is unusable, or one of
            text and labels is a file and the other one a folder.
    """
    path = pathlib.Path(path)
    if labels is not None:
        labels = pathlib.Path(labels)
        check_same_kind(path, labels)
    if not path.exists():
        raise ValueError(f"{path} does not exist: give a text file or a folder of them")
    if not path.is_dir():
        return TextFiles(path, {"train": [path]}, labels=labels)
    files = {split: _find(path, names) for split, names in FILE_NAMES.items()}
    if files["train"]:
        splits = {split: [file] for split, file in files.items() if file}
        return TextFiles(path, splits, labels=labels)
    texts = sorted(path.glob("*.txt"))
    if not texts:
        raise ValueError(
            f"{path} holds no train.txt and no other .txt file: put one there, with "
            "one sentence per line"
        )
    names = ", ".join(text.name for text in texts)
    note = f"{path} holds no train.txt; read as one text: {names}"
    return TextFiles(path, {"train": texts}, (note,), labels)


def hold_out_lines(text: TextFiles, num_lines: int) -> dict[str, np.ndarray]:
    """Chooses the lines that are held out from the training set for missing splits.

    They are spread evenly over the text, so that each has something of every file.

    Args:
        text: the files.
        num_lines: number of lines of the training set.

    Returns:
        A mapping from "train" and each missing split to increasing int64 numbers of
        lines.

    Raises:
        ValueError: there are too few lines.
    """
    missing = text.missing
    if not missing:
        return {"train": np.arange(num_lines)}
    if num_lines <= len(missing):
        raise ValueError(
            f"{text.path} has {num_lines} usable lines: training, validation and test "
            f"need at least {len(missing) + 1}"
        )
    period = min(ONE_IN, num_lines)
    # The last lines of each period are held out.
    place = np.arange(num_lines) % period
    first = period - len(missing)
    rows = {"train": np.flatnonzero(place < first)}
    for number, split in enumerate(missing):
        rows[split] = np.flatnonzero(place == first + number)
    return rows


def held_out_notes(text: TextFiles, rows: dict[str, np.ndarray]) -> list[str]:
    """Returns notes on the lines that `hold_out_lines` has chosen."""
    return [
        f"{text.path} has no {split} set: {len(rows[split])} of its lines are held out "
        "for it"
        for split in text.missing
    ]


def _find(folder: pathlib.Path, names: Sequence[str]) -> pathlib.Path | None:
    files = [folder / f"{name}.txt" for name in names]
    # A broken link counts: whoever put it there wanted a file to be read.
    found = [file for file in files if os.path.lexists(file)]
    if len(found) > 1:
        raise ValueError(
            f"{found[0]} and {found[1].name} are the same split: remove one of them"
        )
    return found[0] if found else None
