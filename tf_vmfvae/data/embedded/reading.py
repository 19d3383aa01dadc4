"""Reading a sentence's topic, sentiment and tense, and how probable it is."""

import functools
import math

from tf_vmfvae.data.embedded.english import FACTORS, START, english


def log_probability(sentence: str) -> float:
    """Exact log probability of a sentence under the embedded corpus's grammar.

    It is worked out by parsing, for any sentence, drawn from the corpus or not.

    Args:
        sentence: words separated by spaces.

    Returns:
        Log probability in nats; -inf for a sentence that the grammar cannot make.

    >>> round(log_probability("anna loved the soup"), 4)
    -15.089
    >>> log_probability("soup the loved anna")
    -inf
    """
    return english().log_probability(sentence)


def entropy() -> float:
    """Exact entropy of a sentence of the embedded corpus, in nats.

    No model can bring the mean NLL of fresh sentences below it.

    >>> round(entropy(), 4)
    18.9237
    """
    return english().entropy()


def topic(sentence: str) -> str | None:
    """What a sentence is about.

    A sentence that the grammar cannot make, such as a model's, is read by the words it
    shares with the topics.

    Args:
        sentence: words separated by spaces.

    Returns:
        "food", "sport", "weather", "music", "travel", "business", "school" or "film";
        None if the words do not tell.

    >>> topic("anna loved the soup")
    'food'
    >>> topic("the chef the chef cooked")
    'food'
    """
    return _read(sentence, "topic")


def sentiment(sentence: str) -> str | None:
    """Whether a sentence approves of its thing.

    Args:
        sentence: words separated by spaces; see `topic`.

    Returns:
        "positive" or "negative"; None if the words do not tell.

    >>> sentiment("the soup was cheap but our guests hated it")
    'negative'
    """
    return _read(sentence, "sentiment")


def tense(sentence: str) -> str | None:
    """When a sentence happens.

    Args:
        sentence: words separated by spaces; see `topic`.

    Returns:
        "past", "present" or "future"; None if the words do not tell.

    >>> tense("my sister thinks that the soup will be cold")
    'future'
    """
    return _read(sentence, "tense")


def _read(sentence: str, factor: str) -> str | None:
    derivations = english().derivations(sentence)
    if derivations:
        place = len(START) + FACTORS.index(factor)
        symbols = derivations[0].symbols
        return next(s[place] for s in symbols if s[:1] == START and len(s) > place)
    return _read_words(sentence, factor)


def _read_words(sentence: str, factor: str) -> str | None:
    """The value that the sentence's words favour; None without a single winner.

    A word speaks for the values that can use it, the more the fewer these are.
    """
    votes = dict.fromkeys(set().union(*_users(factor).values()), 0.0)
    for word in sentence.split():
        users = _users(factor).get(word, frozenset())
        for value in users:
            votes[value] += math.log(len(votes) / len(users))
    best = max(votes.values())
    winners = [value for value, vote in votes.items() if vote > best - 1e-9]
    return winners[0] if len(winners) == 1 else None


@functools.cache
def _users(factor: str) -> dict[str, frozenset[str]]:
    """Word -> the values of a factor whose sentences can hold it."""
    grammar = english()
    place = len(START) + FACTORS.index(factor)
    words: dict[str, set[str]] = {}
    for symbol in grammar.probabilities:
        if symbol[:1] == START and len(symbol) == place + 1:
            words.setdefault(symbol[place], set()).update(grammar.words_of(symbol))
    return {
        word: frozenset(value for value, used in words.items() if word in used)
        for word in grammar.vocabulary
    }
