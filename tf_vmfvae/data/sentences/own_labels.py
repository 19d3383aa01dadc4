"""Labels of the user's own sentences."""

import os
import pathlib
from collections.abc import Mapping, Sequence

from tf_vmfvae.data.files.text_file import read_lines, words_of_line
from tf_vmfvae.text.some_of import some_of

# A label has to stand for several sentences, or nothing can be learned about it.
SENTENCES_PER_LABEL = 2
# Messages show this many characters of a label.
_SHOWN = 40


def read_labelled(
    path: str | os.PathLike, labels: str | os.PathLike
) -> list[tuple[str, str]]:
    r"""Reads a text file with a sentence per line, and a file of their labels.

    Empty lines are left out, each together with its label.

    Args:
        path: the file of sentences, as for `read_sentences`.
        labels: the file of labels: line by line the label of the same line in `path`,
            any text without line breaks.

    Returns:
        Pairs of a sentence, its words separated by single spaces, and its label; at
        least one.

    Raises:
        ValueError: a file is missing, unreadable or not UTF-8 text, the files do not
            have the same number of lines, or the label of a sentence is missing.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     text, labels = (pathlib.Path(folder, name) for name in ("text", "labels"))
    ...     _ = text.write_text("so  good\n\nnever again\n")
    ...     _ = labels.write_text("positive\n\nnegative\n")
    ...     read_labelled(text, labels)
    [('so good', 'positive'), ('never again', 'negative')]
    """
    lines, names = read_lines(path), read_lines(labels, "label")
    if len(lines) != len(names):
        raise ValueError(
            f"{labels} has {len(names)} lines, but {path} has {len(lines)}: give one "
            "label per line of text"
        )
    found = []
    for number, (line, name) in enumerate(zip(lines, names, strict=True), start=1):
        sentence, name = " ".join(words_of_line(line)), name.strip()
        if not sentence:
            continue
        if not name:
            raise ValueError(
                f"{labels}, line {number}: the label is missing; give one for each "
                f"sentence of {path}"
            )
        found.append((sentence, name))
    if not found:
        raise ValueError(f"{path} has no line with a word: write one sentence per line")
    return found


def check_same_kind(path: pathlib.Path, labels: pathlib.Path) -> None:
    """Checks that text and labels are two files or two folders.

    Raises:
        ValueError: if one is a folder and the other one a file.
    """
    if path.is_dir() and not labels.is_dir():
        raise ValueError(
            f"{labels} is not a folder, but {path} is: give a folder that holds the "
            "labels of each text file in a file of the same name"
        )
    if labels.is_dir() and not path.is_dir():
        raise ValueError(
            f"{labels} is a folder, but {path} is not: give a file with one label per "
            "line"
        )


def number_labels(
    names: Mapping[str, Sequence[str]], source: str | os.PathLike
) -> tuple[list[str], dict[str, list[int]]]:
    """Numbers the labels from 0, in the order of their names.

    Args:
        names: maps "train", "validation" and "test" to the label of each sentence.
        source: where the labels come from, for messages.

    Returns:
        The different labels: in the order of their values if all of them are whole
        numbers, else in alphabetical order; and the number of each sentence's label.

    Raises:
        ValueError: a label of the validation or test set has no sentence in the
            training set, or there are too many different labels.

    >>> number_labels({"train": ["10", "9", "9", "10"], "test": ["10"]}, "labels.txt")
    (['9', '10'], {'train': [1, 0, 0, 1], 'test': [1]})
    """
    train = names["train"]
    different = set(train)
    most = max(len(train) // SENTENCES_PER_LABEL, 1)
    if len(different) > most:
        raise ValueError(
            f"{source} has {len(different)} different labels for {len(train)} training "
            f"sentences: give at most {most}, each to several sentences"
        )
    for split, own in names.items():
        if unknown := sorted(set(own) - different):
            raise ValueError(
                f"{source}: no training sentence has the label {_listed(unknown)} of "
                f"the {split} set: give each label to training sentences too, or leave "
                "its sentences out"
            )
    are_numbers = all(name.isdecimal() and name.isascii() for name in different)
    key = (lambda name: (int(name[:4000]), name)) if are_numbers else None
    ordered = sorted(different, key=key)
    number_of = {name: number for number, name in enumerate(ordered)}
    return ordered, {
        split: [number_of[name] for name in own] for split, own in names.items()
    }


def describe_labels(names: Sequence[str]) -> str:
    """Returns a note for the user: the number of each label.

    >>> describe_labels(["negative", "positive"])
    '2 labels: 0 negative, 1 positive'
    """
    numbered = [f"{n} {name[:_SHOWN]}" for n, name in enumerate(names)]
    noun = "label" if len(names) == 1 else "labels"
    return f"{len(names)} {noun}: {some_of(numbered)}"


def _listed(names):
    return some_of([repr(name[:_SHOWN]) for name in names])
