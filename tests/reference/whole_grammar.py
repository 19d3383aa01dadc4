"""Exact checks of a whole grammar, too slow for the library."""

from collections import Counter

from tf_vmfvae.data.embedded.grammar import Grammar


def is_unambiguous(grammar: Grammar) -> bool:
    """Returns whether no sentence has two derivations.

    A leftmost derivation that has produced some words still has a sequence of symbols
    to expand. All derivations are followed at once, word by word: two of them produce
    the same sentence if and only if they reach the same sequence by the same words.
    Sets of sequences that were met before are not followed again.
    """
    steps: dict[tuple, list[tuple[str, tuple]]] = {}

    def steps_from(rest: tuple) -> list[tuple[str, tuple]]:
        """Returns each next word and what is left to expand after it."""
        if rest not in steps:
            if not rest:
                steps[rest] = []
            elif isinstance(rest[0], str):
                steps[rest] = [(rest[0], rest[1:])]
            else:
                steps[rest] = [
                    step
                    for _, expansion in grammar.probabilities[rest[0]]
                    for step in steps_from(tuple(expansion) + rest[1:])
                ]
        return steps[rest]

    seen = set()
    agenda = [frozenset([(grammar.start,)])]
    while agenda:
        by_word: dict[str, list[tuple]] = {}
        for rest in agenda.pop():
            for word, after in steps_from(rest):
                by_word.setdefault(word, []).append(after)
        for reached in by_word.values():
            together = frozenset(reached)
            if len(together) < len(reached):
                return False
            if together not in seen:
                seen.add(together)
                agenda.append(together)
    return True


def every_sentence(grammar: Grammar, symbol: str | tuple) -> Counter:
    """Returns every string that a symbol can produce, with its total probability."""
    if isinstance(symbol, str):
        return Counter({symbol: 1.0})
    total = Counter()
    for probability, expansion in grammar.probabilities[symbol]:
        strings = Counter({"": probability})
        for child in expansion:
            children = every_sentence(grammar, child)
            strings = Counter(
                {
                    f"{left} {right}".strip(): p * q
                    for left, p in strings.items()
                    for right, q in children.items()
                }
            )
        for string, p in strings.items():
            total[string] += p
    return total
