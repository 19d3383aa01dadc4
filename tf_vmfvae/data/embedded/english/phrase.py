"""How grammar rules are written: a method for each phrase."""

import functools
from collections.abc import Callable, Sequence

from tf_vmfvae.data.embedded.grammar import Alternatives, Expansion
from tf_vmfvae.data.embedded.topics.topic import Scene


def phrase(alternatives: Callable[..., Alternatives]) -> Callable[..., tuple]:
    """Turns a method that lists alternatives into one that returns their symbol.

    The symbol consists of the method's name, the topic's name and the arguments. Its
    rule is added to `self.rules` the first time it is used, so a phrase has one rule
    wherever it occurs.

    Args:
        alternatives: a method of a class with attributes `topic` and `rules`.

    Returns:
        The method that returns the symbol.
    """

    @functools.wraps(alternatives)
    def symbol_of(self, *args: object) -> tuple:
        names = (arg.name if isinstance(arg, Scene) else arg for arg in args)
        symbol = (alternatives.__name__, self.topic.name, *names)
        if symbol not in self.rules:
            self.rules[symbol] = alternatives(self, *args)
        return symbol

    return symbol_of


def evenly(weight: float, expansions: Sequence[Expansion]) -> Alternatives:
    """Returns alternatives that share a weight equally.

    >>> evenly(0.5, [("quite",), ("rather",)])
    [(0.25, ('quite',)), (0.25, ('rather',))]
    """
    return [(weight / len(expansions), expansion) for expansion in expansions]
