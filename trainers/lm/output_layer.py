"""Which softmax the model ends in: --softmax, and where the vocabulary is cut."""

import collections
import dataclasses
from collections.abc import Sequence

from tf_vmfvae import data, layers
from tf_vmfvae.text.words import END, UNKNOWN
from trainers.lm.flags import LARGE_VOCABULARY


@dataclasses.dataclass(frozen=True)
class OutputLayer:
    """The choice of the softmax.

    Attributes:
        cutoffs: the argument `softmax_cutoffs` of `NVRNN`.
        note: one line for the user: which softmax it is, and why.
    """

    cutoffs: Sequence[int] | None
    note: str


def choose_output_layer(settings: dict, corpus: data.Corpus) -> OutputLayer:
    """Returns the softmax that --softmax asks for.

    Args:
        settings: the value of every flag by name.
        corpus: the corpus to train on.

    >>> corpus = data.Corpus("tiny", ["a b"], ["b"], ["a"], ["<unk>", "<eos>", "a"])
    >>> choose_output_layer({"softmax": "auto"}, corpus).note
    'softmax: full (the vocabulary has 3 words, fewer than 20000)'
    """
    choice, words = settings["softmax"], len(corpus.vocabulary)
    reason = f"--softmax={choice}"
    if choice == "auto":
        is_large = words >= LARGE_VOCABULARY
        choice = "adaptive" if is_large else "full"
        reason = (
            f"the vocabulary has {words} words, {LARGE_VOCABULARY} or more; "
            "--softmax=full turns it off"
            if is_large
            else f"the vocabulary has {words} words, fewer than {LARGE_VOCABULARY}"
        )
    if choice == "full":
        return OutputLayer(None, f"softmax: full ({reason})")
    counts = count_words(corpus)
    cutoffs = layers.softmax_cutoffs(
        counts,
        settings["embedding_dim"],
        settings["batch_size"] * sum(counts) / len(corpus.train),
    )
    places = ", ".join(map(str, cutoffs))
    note = f"softmax: adaptive, cut after the {places} most frequent words ({reason})"
    return OutputLayer(cutoffs, note)


def count_words(corpus: data.Corpus) -> list[int]:
    """Returns how often each word of the vocabulary is a target in training.

    >>> words = ["<unk>", "<eos>", "a"]
    >>> count_words(data.Corpus("tiny", ["a b", "a"], ["b"], ["a"], words))
    [1, 2, 2]
    """
    train = corpus.train
    if isinstance(train, data.StoredSentences):
        # They were counted when the text was encoded.
        words, numbers = train.lexicon.words.tolist(), train.lexicon.counts.tolist()
        counts = collections.Counter(dict(zip(words, numbers, strict=True)))
    else:
        counts = collections.Counter({END: len(train)})
        for sentence in train:
            counts.update(sentence.split())
    known = {*corpus.vocabulary}
    unknown = sum(count for word, count in counts.items() if word not in known)
    counts[UNKNOWN] += unknown
    return [counts[word] for word in corpus.vocabulary]
