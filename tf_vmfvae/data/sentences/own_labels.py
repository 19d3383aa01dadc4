"""Labels of the user's own sentences."""

import itertools
import os
import pathlib
from collections.abc import Callable, Iterator, Mapping, Sequence, Set

from tf_vmfvae.data.files.text_file import iterate_lines, words_of_line
from tf_vmfvae.data.splits.held_out import SPLITS
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
    return [(" ".join(words), name) for words, name in iterate_labelled(path, labels)]


def iterate_labelled(
    path: str | os.PathLike,
    labels: str | os.PathLike,
    on_read: Callable[[int], object] | None = None,
) -> Iterator[tuple[list[str], str]]:
    """Yields the words and the label of each sentence, see `read_labelled`.

    Neither file is ever in memory at once.

    Args:
        path: the file of sentences.
        labels: the file of labels.
        on_read: called with the number of bytes each time that some have been read.

    Raises:
        ValueError: as `read_labelled`, when the iterator gets there.
    """
    texts = iterate_lines(path, on_read=on_read)
    names = iterate_lines(labels, "label", on_read)
    num_texts = num_names = missing = 0
    is_empty = True
    for line, name in itertools.zip_longest(texts, names):
        num_texts += line is not None
        num_names += name is not None
        # After an error both files are only read to their ends: a label may be missing
        # because the labels have slipped, which the numbers of lines say better.
        if missing or num_texts != num_names:
            continue
        if words := words_of_line(line):
            is_empty = False
            if name := name.strip():
                yield words, name
            else:
                missing = num_texts
    if num_texts != num_names:
        raise ValueError(
            f"{labels} has {num_names} lines, but {path} has {num_texts}: give one "
            "label per line of text"
        )
    if missing:
        raise ValueError(
            f"{labels}, line {missing}: the label is missing; give one for each "
            f"sentence of {path}"
        )
    if is_empty:
        raise ValueError(f"{path} has no line with a word: write one sentence per line")


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
    different = {split: set(own) for split, own in names.items()}
    ordered = order_labels(different, len(names["train"]), source)
    number_of = {name: number for number, name in enumerate(ordered)}
    return ordered, {
        split: [number_of[name] for name in own] for split, own in names.items()
    }


def order_labels(
    names: Mapping[str, Set[str]], num_train: int, source: str | os.PathLike
) -> list[str]:
    """Returns the labels in the order of their numbers, see `number_labels`.

    Args:
        names: maps "train", "validation" and "test" to the different labels there.
        num_train: number of training sentences.
        source: where the labels come from, for messages.

    Raises:
        ValueError: as `number_labels`.

    >>> order_labels({"train": {"10", "9"}, "test": {"10"}}, 4, "labels.txt")
    ['9', '10']
    """
    different = names["train"]
    most = max(num_train // SENTENCES_PER_LABEL, 1)
    if len(different) > most:
        raise ValueError(
            f"{source} has {len(different)} different labels for {num_train} training "
            f"sentences: give at most {most}, each to several sentences"
        )
    for split in SPLITS:
        if unknown := sorted(names.get(split, set()) - different):
            raise ValueError(
                f"{source}: no training sentence has the label {_listed(unknown)} of "
                f"the {split} set: give each label to training sentences too, or leave "
                "its sentences out"
            )
    are_numbers = all(name.isdecimal() and name.isascii() for name in different)
    key = (lambda name: (int(name[:4000]), name)) if are_numbers else None
    return sorted(different, key=key)


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
