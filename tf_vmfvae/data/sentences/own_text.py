"""Sentences from the user's own files."""

import os
import pathlib
from collections.abc import Sequence

from tf_vmfvae.data.files.text_file import read_sentences

# split -> the names that its file may have in a folder, ".txt" apart
FILE_NAMES = {
    "train": ("train", "training"),
    "validation": ("valid", "validation", "dev", "val"),
    "test": ("test",),
}
# One line in so many goes to the validation part, and one to the test part.
HELD_OUT = 20

Splits = dict[str, list[str]]


def read_splits(path: str | os.PathLike) -> tuple[Splits, list[str]]:
    """Reads a text file, or a folder of them, and splits it.

    A folder may hold train.txt, valid.txt (or validation.txt, dev.txt, val.txt) and
    test.txt. What it lacks of the last two is taken from the training part, one line in
    20 each, always the same ones. A folder without train.txt is read as one text: its
    .txt files in the order of their names.

    Args:
        path: the file or folder.

    Returns:
        "train", "validation" and "test" -> sentences, and notes on what was done, a
        line each.

    Raises:
        ValueError: a file or the folder is missing or unusable, or there are too few
            lines to split.
    """
    path = pathlib.Path(path)
    if not path.exists():
        raise ValueError(f"{path} does not exist: give a text file or a folder of them")
    if not path.is_dir():
        return _hold_out({"train": read_sentences(path)}, path)
    files = {split: _find(path, names) for split, names in FILE_NAMES.items()}
    if files["train"]:
        splits = {split: read_sentences(file) for split, file in files.items() if file}
        return _hold_out(splits, path)
    texts = sorted(path.glob("*.txt"))
    if not texts:
        raise ValueError(
            f"{path} holds no train.txt and no other .txt file: put one there, one "
            "sentence a line"
        )
    splits, notes = _hold_out(
        {"train": [sentence for text in texts for sentence in read_sentences(text)]},
        path,
    )
    names = ", ".join(text.name for text in texts)
    return splits, [f"{path} holds no train.txt; read as one text: {names}", *notes]


def _find(folder: pathlib.Path, names: Sequence[str]) -> pathlib.Path | None:
    files = [folder / f"{name}.txt" for name in names]
    # A link to nothing is there too: whoever put it there did not mean none.
    found = [file for file in files if os.path.lexists(file)]
    if len(found) > 1:
        raise ValueError(
            f"{found[0]} and {found[1].name} stand for the same part: leave one of them"
        )
    return found[0] if found else None


def _hold_out(splits: Splits, path: pathlib.Path) -> tuple[Splits, list[str]]:
    """Takes the missing parts from the training part."""
    missing = [split for split in ("validation", "test") if split not in splits]
    if not missing:
        return splits, []
    lines = splits["train"]
    if len(lines) <= len(missing):
        raise ValueError(
            f"{path} has {len(lines)} usable lines: it takes at least "
            f"{len(missing) + 1} to train, validate and test"
        )
    every = min(HELD_OUT, len(lines))
    held_out = {every - 1 - i: split for i, split in enumerate(reversed(missing))}
    parts: Splits = {split: [] for split in ("train", *missing)}
    for i, line in enumerate(lines):
        parts[held_out.get(i % every, "train")].append(line)
    notes = [
        f"{path} has no {split} part; {len(parts[split])} lines of the text are it"
        for split in missing
    ]
    return {**splits, **parts}, notes
