"""Sentences from the user's own files."""

import os
import pathlib
from collections.abc import Callable, Sequence

from tf_vmfvae.data.files.text_file import read_sentences
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
    path = pathlib.Path(path)
    if labels is None:
        splits, notes = _read(path, read_sentences)
        return splits, None, notes
    labels = pathlib.Path(labels)
    check_same_kind(path, labels)

    def read(file):
        names = labels / file.name if labels.is_dir() else labels
        return read_labelled(file, names)

    pairs, notes = _read(path, read)
    texts, names = (
        {split: [pair[place] for pair in own] for split, own in pairs.items()}
        for place in range(2)
    )
    return texts, names, notes


def _read(
    path: pathlib.Path, read: Callable[[pathlib.Path], list]
) -> tuple[Splits, list[str]]:
    """Does what `read_own_text` does, with a reader of single files."""
    if not path.exists():
        raise ValueError(f"{path} does not exist: give a text file or a folder of them")
    if not path.is_dir():
        return _complete({"train": read(path)}, path)
    files = {split: _find(path, names) for split, names in FILE_NAMES.items()}
    if files["train"]:
        splits = {split: read(file) for split, file in files.items() if file}
        return _complete(splits, path)
    texts = sorted(path.glob("*.txt"))
    if not texts:
        raise ValueError(
            f"{path} holds no train.txt and no other .txt file: put one there, with "
            "one sentence per line"
        )
    sentences = [sentence for text in texts for sentence in read(text)]
    splits, notes = _complete({"train": sentences}, path)
    names = ", ".join(text.name for text in texts)
    return splits, [f"{path} holds no train.txt; read as one text: {names}", *notes]


def _find(folder: pathlib.Path, names: Sequence[str]) -> pathlib.Path | None:
    files = [folder / f"{name}.txt" for name in names]
    # A broken link counts: whoever put it there wanted a file to be read.
    found = [file for file in files if os.path.lexists(file)]
    if len(found) > 1:
        raise ValueError(
            f"{found[0]} and {found[1].name} are the same split: remove one of them"
        )
    return found[0] if found else None


def _complete(splits: Splits, path: pathlib.Path) -> tuple[Splits, list[str]]:
    """Holds out the missing splits from the training set.

    They are spread evenly over the text, so that each has something of every file.
    """
    missing = [split for split in SPLITS if split not in splits]
    if not missing:
        return splits, []
    lines = splits["train"]
    if len(lines) <= len(missing):
        raise ValueError(
            f"{path} has {len(lines)} usable lines: training, validation and test need "
            f"at least {len(missing) + 1}"
        )
    period = min(ONE_IN, len(lines))
    # The last lines of each period are held out: line number within it -> split.
    held_out = {period - 1 - i: split for i, split in enumerate(reversed(missing))}
    found: Splits = {split: [] for split in ("train", *missing)}
    for i, line in enumerate(lines):
        found[held_out.get(i % period, "train")].append(line)
    notes = [
        f"{path} has no {split} set: {len(found[split])} of its lines are held out "
        "for it"
        for split in missing
    ]
    return {**splits, **found}, notes
