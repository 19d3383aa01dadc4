"""A corpus of sentences."""

import dataclasses
from collections.abc import Sequence

import numpy as np


@dataclasses.dataclass(frozen=True)
class Corpus:
    """Sentences for training, validation and test.

    Attributes:
        name: name of the data set.
        train: training sentences, words separated by spaces: a list, or
            `StoredSentences` on disk.
        validation: validation sentences, likewise.
        test: test sentences, likewise.
        vocabulary: words, `<unk>` and `<eos>` first; the id of a word is its index
            plus 1.
        entropy: exact entropy of a sentence in nats, or None if it is unknown.
        notes: what was done to the text when it was read, one per line, for the user.
        labels: a mapping from "train", "validation" and "test" to a label for each
            sentence, or None if there are no labels. The labels of a split are a list,
            or an int32 array if its sentences are on disk.
        num_labels: number of labels; they are numbered from 0.
        label_names: the name of each label, or None if they have none.

    >>> corpus = Corpus("tiny", ["a b"], ["b"], ["a"], ["<unk>", "<eos>", "a", "b"])
    >>> corpus.train, corpus.entropy
    (['a b'], None)
    """

    name: str
    train: Sequence[str]
    validation: Sequence[str]
    test: Sequence[str]
    vocabulary: list[str]
    entropy: float | None = None
    notes: tuple[str, ...] = ()
    labels: dict[str, list[int] | np.ndarray] | None = None
    num_labels: int | None = None
    label_names: tuple[str, ...] | None = None
