"""Grammar rules, written phrase by phrase."""

import functools
from collections.abc import Callable, Sequence

from tf_vmfvae.data.embedded.grammar import Expansion
from tf_vmfvae.data.embedded.topic import Scene, Topic

# (sentiment, strength)
Mood = tuple[str, str]
Alternatives = Sequence[tuple[float, Expansion]]


def written_once(method: Callable[..., tuple]) -> Callable[..., tuple]:
    """Writes a phrase's rule the first time it is asked for, and never again."""

    @functools.wraps(method)
    def write(self: "Rulebook", *args: object) -> tuple:
        key = [arg.name if isinstance(arg, Scene) else arg for arg in args]
        key = (method.__name__, *key)
        if key not in self._written:
            self._written[key] = method(self, *args)
        return self._written[key]

    return write


class Rulebook:
    """The rules of one topic's phrases.

    Each method of a rulebook that is `written_once` returns the symbol of a phrase. Two
    calls with the same arguments return the same symbol, so a phrase has one rule
    wherever it stands.

    Args:
        topic: the topic.
        rules: where the rules go, symbol -> alternatives.
    """

    def __init__(self, topic: Topic, rules: dict[tuple, Alternatives]) -> None:
        self.topic = topic
        self._rules = rules
        self._written: dict[tuple, tuple] = {}

    def define(self, symbol: tuple, alternatives: Alternatives) -> tuple:
        """Gives a symbol its rule; returns the symbol."""
        self._rules[symbol] = alternatives
        return symbol

    @written_once
    def optional(self, share: float, phrase: Expansion) -> tuple:
        """A phrase that is there in a share of the sentences."""
        symbol = ("optional", share, phrase)
        return self.define(symbol, [(share, phrase), (1 - share, ())])
