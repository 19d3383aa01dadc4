"""Numbers of labels, collected while a text is read."""

import array
import os
from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from tf_vmfvae.data.sentences.own_labels import order_labels


class LabelNumbers:
    """The labels of sentences, each kept as a number from the moment it is read.

    >>> labels = LabelNumbers()
    >>> pairs = (["so", "good"], "good"), (["no"], "bad"), (["yes"], "good")
    >>> list(labels.collect([*pairs, *pairs]))[:2]
    [['so', 'good'], ['no']]
    >>> names, numbers = labels.in_order({"train": np.arange(6)}, "labels.txt")
    >>> names, numbers.tolist()
    (['bad', 'good'], [1, 0, 1, 1, 0, 1])
    """

    def __init__(self):
        # In the order in which the labels first occur.
        self._number_of = {}
        self._numbers = array.array("i")

    def collect(self, pairs: Iterable[tuple[list[str], str]]) -> Iterator[list[str]]:
        """Takes the labels of sentences, and yields the words of each sentence.

        Args:
            pairs: words and label of each sentence, as `iterate_labelled` yields them.
        """
        number_of = self._number_of
        for words, name in pairs:
            self._numbers.append(number_of.setdefault(name, len(number_of)))
            yield words

    def in_order(
        self, rows: Mapping[str, np.ndarray], source: str | os.PathLike
    ) -> tuple[list[str], np.ndarray]:
        """Returns the different labels as `number_labels` orders them, and the numbers.

        Args:
            rows: the numbers of the sentences in each split.
            source: where the labels come from, for messages.

        Returns:
            The labels, and the number of each sentence's label, int32 `[sentences]`.

        Raises:
            ValueError: as `number_labels`.
        """
        names = np.array(list(self._number_of), object)
        numbers = np.frombuffer(self._numbers, np.int32)
        different = {
            split: set(names[np.unique(numbers[own])].tolist())
            for split, own in rows.items()
        }
        ordered = order_labels(different, len(rows["train"]), source)
        # All of them are known: each has a sentence in the training set.
        own = [self._number_of[name] for name in ordered]
        renumbered = np.empty(len(names), np.int32)
        renumbered[own] = np.arange(len(ordered))
        return ordered, renumbered[numbers]
