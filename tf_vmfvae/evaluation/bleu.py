"""BLEU, of reconstructions and of samples among themselves."""

import collections
import statistics
from collections.abc import Sequence

import keras_hub
import tensorflow as tf

from tf_vmfvae.text import as_texts, split_words

# BLEU-4 counts runs of one word to four words.
ORDERS = (1, 2, 3, 4)


def bleu(texts: Sequence[str], references: Sequence[str]) -> float:
    """Returns the BLEU-4 of texts, each with one reference.

    It is that of the whole corpus (Papineni et al. 2002), without smoothing, as
    `keras_hub.metrics.Bleu` computes it, here of the words that white space separates.
    Applied to greedy reconstructions, it says how much of a sentence the code keeps.

    Args:
        texts: texts, such as reconstructions.
        references: what each of them should be.

    Returns:
        A number between 0 and 1: 1 if the texts are their references. It is 0 if no
        four words in a row agree.

    Raises:
        ValueError: if there is no text, there are not as many references, or one of
            them is not text.

    Example:
    >>> round(bleu(["stocks rose a bit today"], ["stocks rose a bit on friday"]), 3)
    0.548
    """
    found, expected = _words_of(texts), _words_of(references)
    if len(found) != len(expected):
        raise ValueError(
            f"{len(found)} texts cannot have {len(expected)} references; give one for "
            "each"
        )
    if not found:
        raise ValueError("there is no text to compare; give at least one")
    # The metric divides by the number of words.
    if not any(found) or not any(expected):
        return float(found == expected)
    # The words are those of the corpus, which need no splitting of punctuation.
    metric = keras_hub.metrics.Bleu(tokenizer=tf.strings.split)
    metric.update_state(
        [[" ".join(words)] for words in expected], [*map(" ".join, found)]
    )
    return float(metric.result())


def self_bleu(texts: Sequence[str]) -> float:
    """Returns how alike texts are: the BLEU-4 of each with all others as references.

    Zhu et al. (2018, section 3.2) propose it for the diversity of a model's samples;
    here, matches are counted over all samples before they are divided, and there is no
    brevity penalty, since some other sample is always short. It grows with the number
    of samples, so compare models with equally many.

    Args:
        texts: texts, such as samples from the prior. Those without a word are left out.

    Returns:
        A number between 0 and 1: 1 if every text is there twice.

    Raises:
        ValueError: if fewer than two texts have words, or one of them is not text.

    Example:
    >>> self_bleu(["a bear saw a cat", "a bear saw a cat"])
    1.0
    """
    counts = [_runs_of(words) for words in _words_of(texts) if words]
    if len(counts) < 2:
        raise ValueError(
            f"{len(counts)} of {len(texts)} texts have words; give at least two to "
            "compare with each other"
        )
    # How often a run is in the text that has it most often, and in the next one.
    most, next_most = collections.Counter(), collections.Counter()
    for runs in counts:
        for run, count in runs.items():
            if count > most[run]:
                next_most[run], most[run] = most[run], count
            elif count > next_most[run]:
                next_most[run] = count
    matches, possible = collections.Counter(), collections.Counter()
    for runs in counts:
        for run, count in runs.items():
            # If the text has as many as any, others have what the next one has.
            others = next_most[run] if count == most[run] else most[run]
            matches[len(run)] += min(count, others)
            possible[len(run)] += count
    if not all(matches[order] for order in ORDERS):
        return 0.0
    return statistics.geometric_mean(
        matches[order] / possible[order] for order in ORDERS
    )


def _words_of(texts):
    return [split_words(text) for text in as_texts(texts)]


def _runs_of(words):
    """Returns how often each run of one to four words is in a sentence."""
    return collections.Counter(
        tuple(words[first : first + order])
        for order in ORDERS
        for first in range(len(words) - order + 1)
    )
