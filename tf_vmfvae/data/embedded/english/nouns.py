"""Ways to refer to people, and how nouns agree with other words."""

import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeVar

from tf_vmfvae.data.embedded.english.phrase import evenly
from tf_vmfvae.data.embedded.grammar import Alternatives, Expansion
from tf_vmfvae.data.embedded.topics.topic import Noun, Scene

T = TypeVar("T")


def counted(values: Iterable[T]) -> list[tuple[int, T]]:
    """Returns how often each value occurs and the value, sorted by value.

    >>> counted(["one", "many", "one"])
    [(1, 'many'), (2, 'one')]
    """
    return [(count, value) for value, count in sorted(Counter(values).items())]


def thing_kinds(scene: Scene) -> list[tuple[int, str]]:
    """Returns how many things of each kind a scene has, and the kind."""
    return counted(noun.kind for noun in scene.things)


def agreement(noun: Noun) -> tuple[bool, str]:
    """Returns what verbs and pronouns agree with: number and possessive pronoun."""
    return noun.plural, noun.pronoun


def person(
    noun: Noun,
    adjectives: Sequence[str],
    ours: bool = True,
    quantifiers: Sequence[str] = (),
) -> Alternatives:
    """Returns ways to refer to an actor or to one of a topic's people.

    Args:
        noun: the actor or person.
        adjectives: neutral adjectives.
        ours: whether the narrator may say "our".
        quantifiers: quantifiers for a plural noun.

    Returns:
        Alternatives whose weights sum to 1.
    """
    if noun.kind == "name":
        return [(1.0, (noun.word,))]
    ways = [(0.4, ("the", noun.word))]
    if ours:
        ways.append((0.2, ("our", noun.word)))
    if noun.plural:
        ways += evenly(0.3, [(some, noun.word) for some in quantifiers])
    ways += evenly(0.5, [("the", adjective, noun.word) for adjective in adjectives])
    total = sum(weight for weight, _ in ways)
    return [(weight / total, way) for weight, way in ways]


def relative(noun: Noun, adjectives: Sequence[str]) -> Alternatives:
    """Returns ways to refer to a relative; their weights sum to 1."""
    if noun.kind == "name":
        return [(1.0, (noun.word,))]
    my, word = noun.word.split()
    described = [(my, adjective, word) for adjective in adjectives]
    return [(0.6, (my, word)), *evenly(0.4, described)]


def couples(nouns: Iterable[Noun]) -> list[Expansion]:
    """Returns every ordered pair of singular nouns: "my sister and david"."""
    names = [noun.word.split() for noun in nouns if not noun.plural]
    return [(*a, "and", *b) for a, b in itertools.permutations(names, 2)]
