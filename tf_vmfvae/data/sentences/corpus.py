"""A corpus in memory."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Corpus:
    """Sentences to train on, to choose models by and to test with.

    Attributes:
        name: name of the data set.
        train: sentences, words separated by spaces.
        validation: sentences, likewise.
        test: sentences, likewise.
        vocabulary: words, `<unk>` and `<eos>` first; a word's id is its index plus 1.
        entropy: exact entropy of a sentence in nats, None where nobody knows it.
        notes: what was done to the text on reading it, a line each; worth showing.
        labels: split ("train", "validation", "test") -> a label a sentence, None where
            the sentences have none.
        num_labels: how many labels there are; they are numbered from 0.

    >>> corpus = Corpus("tiny", ["a b"], ["b"], ["a"], ["<unk>", "<eos>", "a", "b"])
    >>> corpus.train, corpus.entropy
    (['a b'], None)
    """

    name: str
    train: list[str]
    validation: list[str]
    test: list[str]
    vocabulary: list[str]
    entropy: float | None = None
    notes: tuple[str, ...] = ()
    labels: dict[str, list[int]] | None = None
    num_labels: int | None = None
