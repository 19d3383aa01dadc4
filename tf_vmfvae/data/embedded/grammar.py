"""Probabilistic context-free grammars whose probabilities are known exactly."""

import bisect
import dataclasses
import functools
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from tf_vmfvae.data.embedded.reach import Reach, after_each_other, one_of

# A terminal is a str, a word; a nonterminal is a tuple.
Symbol = str | tuple
Expansion = tuple[Symbol, ...]


@dataclasses.dataclass(frozen=True)
class Derivation:
    """One way in which a grammar makes a sentence.

    Attributes:
        log_probability: log probability of the choices made, in nats.
        symbols: the nonterminals expanded, from the start symbol on, in preorder.
    """

    log_probability: float
    symbols: tuple[tuple, ...]


class Grammar:
    """A probabilistic context-free grammar without recursion.

    Args:
        rules: nonterminal -> its alternatives, pairs of a positive weight and an
            expansion. The weights of a nonterminal need not sum to 1.
        start: the nonterminal that sentences are made from.

    Attributes:
        probabilities: nonterminal -> pairs of a probability and an expansion.
        start: as above.
        vocabulary: every word that a sentence can hold, sorted.

    Raises:
        ValueError: an expansion names a nonterminal without a rule, an alternative is
            there twice, or a weight is not positive.

    >>> noun = [(3, ("cat",)), (1, ("dog",))]
    >>> grammar = Grammar({("s",): [(1, ("a", ("n",)))], ("n",): noun}, ("s",))
    >>> grammar.sample(3, seed=1)
    ['a cat', 'a dog', 'a cat']
    >>> round(math.exp(grammar.log_probability("a dog")), 6)
    0.25
    >>> round(grammar.entropy(), 6)
    0.562335
    """

    def __init__(
        self,
        rules: Mapping[tuple, Sequence[tuple[float, Expansion]]],
        start: tuple,
    ) -> None:
        self.start = start
        self.probabilities: dict[tuple, list[tuple[float, Expansion]]] = {}
        for symbol, alternatives in rules.items():
            _check_alternatives(symbol, alternatives, rules)
            total = sum(weight for weight, _ in alternatives)
            self.probabilities[symbol] = [
                (weight / total, expansion) for weight, expansion in alternatives
            ]
        words = {
            symbol
            for alternatives in self.probabilities.values()
            for _, expansion in alternatives
            for symbol in expansion
            if isinstance(symbol, str)
        }
        self.vocabulary = sorted(words)
        self._bit = {word: 1 << i for i, word in enumerate(self.vocabulary)}
        self._reach: dict[Symbol, Reach] = {}

    def sample(self, count: int, seed: int) -> list[str]:
        """Draws sentences independently.

        The draws come from the raw output of PCG64, which NumPy keeps the same across
        versions and machines.

        Args:
            count: how many sentences to draw.
            seed: seed of the draws, not negative.

        Returns:
            The sentences, words joined by spaces.
        """
        uniforms = _uniforms(seed)
        sentences = []
        for _ in range(count):
            words = []
            stack: list = [self._sampler]
            while stack:
                item = stack.pop()
                if type(item) is str:
                    words.append(item)
                    continue
                bounds, expansions = item
                # One alternative takes no draw.
                drawn = bisect.bisect(bounds, next(uniforms)) if bounds else 0
                stack.extend(expansions[drawn])
            sentences.append(" ".join(words))
        return sentences

    def derivations(self, sentence: str) -> list[Derivation]:
        """Parses a sentence in every possible way.

        Args:
            sentence: words separated by spaces.

        Returns:
            Every derivation of the whole sentence; none if it is not of the language.
        """
        words = sentence.split()
        if not words or any(word not in self._bit for word in words):
            return []
        bits = [self._bit[word] for word in words]
        # The words from a position to the end. What spans them must know them all,
        # which leaves very few alternatives to try.
        rest = [0] * (len(words) + 1)
        for i in reversed(range(len(words))):
            rest[i] = rest[i + 1] | bits[i]

        def can_span(symbol: Symbol, start: int, to_end: bool) -> bool:
            reach = self._reach_of(symbol)
            left = len(words) - start
            if reach.shortest > left:
                return False
            if reach.shortest > 0 and not reach.first_words & bits[start]:
                return False
            if not to_end:
                return True
            return left <= reach.longest and not rest[start] & ~reach.words

        @functools.cache
        def spans(
            symbol: Symbol, start: int, to_end: bool
        ) -> list[tuple[int, Derivation]]:
            if not can_span(symbol, start, to_end):
                return []
            if isinstance(symbol, str):
                return [(start + 1, Derivation(0.0, ()))]
            found = []
            for probability, expansion in self.probabilities[symbol]:
                head = Derivation(math.log(probability), (symbol,))
                partial = [(start, head)]
                for i, child in enumerate(expansion):
                    child_to_end = to_end and i == len(expansion) - 1
                    partial = [
                        (end, _join(left, right))
                        for middle, left in partial
                        for end, right in spans(child, middle, child_to_end)
                    ]
                found += partial
            return found

        whole = spans(self.start, 0, True)
        return [derivation for end, derivation in whole if end == len(words)]

    def log_probability(self, sentence: str) -> float:
        """Log probability of a sentence, in nats; -inf if it is not of the language."""
        derivations = self.derivations(sentence)
        if not derivations:
            return -math.inf
        return math.log(sum(math.exp(d.log_probability) for d in derivations))

    def entropy(self, counts: Callable[[tuple], bool] = lambda _: True) -> float:
        """Entropy of a derivation, in nats: a sentence's, if each has but one.

        The entropy of a symbol is that of the choice between its alternatives plus the
        mean over them of what their own symbols add.

        Args:
            counts: says of a nonterminal whether its choices count. With a part of
                them, the result is the share of the entropy that is due to that part.
        """

        @functools.cache
        def entropy_of(symbol: Symbol) -> float:
            if isinstance(symbol, str):
                return 0.0
            own = counts(symbol)
            return math.fsum(
                p * (math.fsum(map(entropy_of, expansion)) - own * math.log(p))
                for p, expansion in self.probabilities[symbol]
            )

        return entropy_of(self.start)

    def length_range(self) -> tuple[int, int]:
        """Words of the shortest and of the longest sentence."""
        reach = self._reach_of(self.start)
        return reach.shortest, reach.longest

    def words_of(self, symbol: Symbol) -> set[str]:
        """Every word that can come from a symbol."""
        words = self._reach_of(symbol).words
        return {word for word, bit in self._bit.items() if words & bit}

    @functools.cached_property
    def _sampler(self) -> tuple[list[float], list[list]]:
        """The rules as nested pairs: cumulative probabilities, reversed expansions."""

        @functools.cache
        def compiled(symbol: Symbol) -> str | tuple[list[float], list[list]]:
            if isinstance(symbol, str):
                return symbol
            alternatives = self.probabilities[symbol]
            bounds = np.cumsum([p for p, _ in alternatives]).tolist()[:-1]
            expansions = [[compiled(s) for s in reversed(e)] for _, e in alternatives]
            return bounds, expansions

        return compiled(self.start)

    def _reach_of(self, symbol: Symbol) -> Reach:
        reach = self._reach.get(symbol)
        if reach is None:
            if isinstance(symbol, str):
                reach = Reach(self._bit[symbol], self._bit[symbol], 1, 1)
            else:
                expansions = [e for _, e in self.probabilities[symbol]]
                reach = one_of(
                    [after_each_other(map(self._reach_of, e)) for e in expansions]
                )
            self._reach[symbol] = reach
        return reach


def _check_alternatives(
    symbol: tuple,
    alternatives: Sequence[tuple[float, Expansion]],
    rules: Mapping[tuple, Sequence],
) -> None:
    expansions = [expansion for _, expansion in alternatives]
    if not expansions:
        raise ValueError(f"{symbol} has no alternatives")
    if len(set(expansions)) < len(expansions):
        raise ValueError(f"{symbol} has an alternative twice: {expansions}")
    if min(weight for weight, _ in alternatives) <= 0:
        raise ValueError(f"{symbol} has a weight that is not positive")
    for child in {child for expansion in expansions for child in expansion}:
        if not isinstance(child, str) and child not in rules:
            raise ValueError(f"{symbol} names {child}, which has no rule")


def _join(left: Derivation, right: Derivation) -> Derivation:
    return Derivation(
        left.log_probability + right.log_probability, left.symbols + right.symbols
    )


def _uniforms(seed: int):
    """Yields numbers in [0, 1), multiples of 2^-53, without end."""
    generator = np.random.PCG64(seed)
    while True:
        raw = generator.random_raw(65536)
        yield from ((raw >> np.uint64(11)) * 2.0**-53).tolist()
