"""A probabilistic context-free grammar that samples, parses and knows its entropy."""

import bisect
import dataclasses
import functools
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from tf_vmfvae.data.embedded.grammar.reach import Reach, one_of, sequence

# A terminal is a word, a str; a nonterminal is a tuple.
Symbol = str | tuple
Expansion = tuple[Symbol, ...]
# Pairs of a weight and an expansion.
Alternatives = Sequence[tuple[float, Expansion]]


@dataclasses.dataclass(frozen=True)
class Derivation:
    """One way to derive a sentence from the start symbol.

    Attributes:
        log_probability: log probability of all its choices, in nats.
        symbols: the nonterminals it expands, in preorder, the start symbol first.
    """

    log_probability: float
    symbols: tuple[tuple, ...]


class Grammar:
    """A probabilistic context-free grammar without recursion.

    Args:
        rules: maps each nonterminal to its alternatives, pairs of a positive weight
            and an expansion. The weights need not sum to 1.
        start: the nonterminal that every sentence is derived from.

    Attributes:
        probabilities: maps each nonterminal to pairs of a probability and an expansion.
        start: the start symbol.
        vocabulary: all words of the rules, sorted.

    Raises:
        ValueError: if a nonterminal has no rule, a rule lists an alternative twice or
            has no alternatives, or a weight is not positive.

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
        rules: Mapping[tuple, Alternatives],
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
        """Draws independent sentences.

        The randomness is the raw output of PCG64, which NumPy guarantees to be the
        same in every version and on every machine.

        Args:
            count: how many sentences to draw.
            seed: seed of the draws, at least 0.

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
                # A single alternative uses no random number.
                drawn = bisect.bisect(bounds, next(uniforms)) if bounds else 0
                stack.extend(expansions[drawn])
            sentences.append(" ".join(words))
        return sentences

    def derivations(self, sentence: str) -> list[Derivation]:
        """Returns every derivation of a sentence.

        Args:
            sentence: words separated by spaces.

        Returns:
            The derivations; an empty list if the grammar cannot produce the sentence.
        """
        words = sentence.split()
        if not words or any(word not in self._bit for word in words):
            return []
        bits = [self._bit[word] for word in words]
        # All words from a position to the end. A symbol that spans them must be able to
        # produce each, which leaves very few alternatives to try.
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
        """Returns a sentence's log probability in nats; -inf if it has no parse."""
        derivations = self.derivations(sentence)
        if not derivations:
            return -math.inf
        return math.log(sum(math.exp(d.log_probability) for d in derivations))

    def entropy(self, counts: Callable[[tuple], bool] = lambda _: True) -> float:
        """Returns the entropy of a derivation in nats.

        If every sentence has one derivation, this is also the entropy of a sentence.
        A symbol's entropy is that of the choice between its alternatives plus the
        expected entropy of the symbols in the chosen alternative.

        Args:
            counts: whether to count the choices of a nonterminal. If only some count,
                the result is the part of the entropy that is due to them.
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
        """Returns the numbers of words of the shortest and the longest sentence."""
        reach = self._reach_of(self.start)
        return reach.shortest, reach.longest

    def words_of(self, symbol: Symbol) -> set[str]:
        """Returns every word that a symbol can produce."""
        words = self._reach_of(symbol).words
        return {word for word, bit in self._bit.items() if words & bit}

    @functools.cached_property
    def _sampler(self) -> tuple[list[float], list[list]]:
        """The start symbol as nested pairs: cumulative probabilities and expansions.

        The expansions are reversed, so that they can go on a stack as they are.
        """

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
                reach = one_of([sequence(map(self._reach_of, e)) for e in expansions])
            self._reach[symbol] = reach
        return reach


def _check_alternatives(
    symbol: tuple, alternatives: Alternatives, rules: Mapping[tuple, Alternatives]
) -> None:
    expansions = [expansion for _, expansion in alternatives]
    if not expansions:
        raise ValueError(f"{symbol} has no alternatives")
    if len(set(expansions)) < len(expansions):
        raise ValueError(f"{symbol} lists an alternative twice: {expansions}")
    if min(weight for weight, _ in alternatives) <= 0:
        raise ValueError(f"{symbol} has a weight that is not positive")
    for child in {child for expansion in expansions for child in expansion}:
        if not isinstance(child, str) and child not in rules:
            raise ValueError(f"{symbol} uses {child}, which has no rule")


def _join(left: Derivation, right: Derivation) -> Derivation:
    return Derivation(
        left.log_probability + right.log_probability, left.symbols + right.symbols
    )


def _uniforms(seed: int):
    """Yields uniform numbers in [0, 1), multiples of 2^-53, forever."""
    generator = np.random.PCG64(seed)
    while True:
        raw = generator.random_raw(65536)
        yield from ((raw >> np.uint64(11)) * 2.0**-53).tolist()
