"""Reads topic, sentiment and tense from sentences, and computes their probability."""

import functools
import math
from collections.abc import Iterable

from tf_vmfvae.data.embedded.english import FACTORS, START, sentence_grammar

# Factors with a reader of their own.
READABLE = ("topic", "sentiment", "tense")


def log_probability(sentence: str) -> float:
    """Returns the exact log probability of a sentence under the corpus's grammar.

    Args:
        sentence: words separated by spaces; it need not be in the corpus.

    Returns:
        Log probability in nats; -inf if the grammar cannot produce the sentence.

    >>> round(log_probability("anna loved the soup"), 4)
    -15.089
    >>> log_probability("soup the loved anna")
    -inf
    """
    return sentence_grammar().log_probability(sentence)


def entropy() -> float:
    """Returns the exact entropy of a sentence of the embedded corpus, in nats.

    It is a lower bound on any model's expected NLL of new sentences.

    >>> round(entropy(), 4)
    18.9237
    """
    return sentence_grammar().entropy()


def read_factors(sentences: Iterable[str]) -> dict[str, list[str | None]]:
    """Reads the topic, sentiment and tense of sentences.

    Args:
        sentences: sentences of the corpus or of a model that was trained on it.

    Returns:
        Maps "topic", "sentiment" and "tense" to a value for each sentence, as the
        functions of these names return it.

    >>> read_factors(["anna loved the soup", "the soup will be cold"])["tense"]
    ['past', 'future']
    """
    values = [_read(sentence, READABLE) for sentence in sentences]
    return {factor: [value[factor] for value in values] for factor in READABLE}


def topic(sentence: str) -> str | None:
    """Returns what a sentence is about.

    A sentence that the grammar cannot produce, say one from a model, is judged by the
    words it shares with each topic.

    Args:
        sentence: words separated by spaces.

    Returns:
        "food", "sport", "weather", "music", "travel", "business", "school" or "film";
        `None` if the words favour no single topic.

    >>> topic("anna loved the soup")
    'food'
    >>> topic("the chef the chef cooked")
    'food'
    """
    return _read(sentence, ["topic"])["topic"]


def sentiment(sentence: str) -> str | None:
    """Returns the sentiment of a sentence.

    Args:
        sentence: words separated by spaces; any words, as in `topic`.

    Returns:
        "positive" or "negative"; `None` if the words favour neither.

    >>> sentiment("the soup was cheap but our guests hated it")
    'negative'
    """
    return _read(sentence, ["sentiment"])["sentiment"]


def tense(sentence: str) -> str | None:
    """Returns the tense of a sentence.

    Args:
        sentence: words separated by spaces; any words, as in `topic`.

    Returns:
        "past", "present" or "future"; `None` if the words favour no single tense.

    >>> tense("my sister thinks that the soup will be cold")
    'future'
    """
    return _read(sentence, ["tense"])["tense"]


def _read(sentence: str, factors: Iterable[str]) -> dict[str, str | None]:
    derivations = sentence_grammar().derivations(sentence)
    if not derivations:
        return {factor: _vote(sentence, factor) for factor in factors}
    # The last symbol of a sentence as a whole is the one that has every factor.
    *_, decided = (s for s in derivations[0].symbols if s[:1] == START)
    return dict(zip(FACTORS, decided[len(START) :], strict=True))


def _vote(sentence: str, factor: str) -> str | None:
    """Returns the value that the words favour; `None` if that is no single one.

    A word votes for each value whose sentences may contain it. Its vote weighs more
    the fewer these values are.
    """
    voters = _values_by_word(factor)
    votes = dict.fromkeys(set().union(*voters.values()), 0.0)
    for word in sentence.split():
        values = voters.get(word, frozenset())
        for value in values:
            votes[value] += math.log(len(votes) / len(values))
    best = max(votes.values())
    winners = [value for value, vote in votes.items() if vote > best - 1e-9]
    return winners[0] if len(winners) == 1 else None


@functools.cache
def _values_by_word(factor: str) -> dict[str, frozenset[str]]:
    """Maps each word to the values of a factor whose sentences may contain it."""
    grammar = sentence_grammar()
    place = len(START) + FACTORS.index(factor)
    words: dict[str, set[str]] = {}
    for symbol in grammar.probabilities:
        if symbol[:1] == START and len(symbol) == place + 1:
            words.setdefault(symbol[place], set()).update(grammar.words_of(symbol))
    return {
        word: frozenset(value for value, used in words.items() if word in used)
        for word in grammar.vocabulary
    }
