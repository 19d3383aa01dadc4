"""The people of the embedded corpus: who does it, and who judges it."""

import itertools
from collections.abc import Sequence

from tf_vmfvae.data.embedded import words
from tf_vmfvae.data.embedded.rulebook import Alternatives, Rulebook, written_once
from tf_vmfvae.data.embedded.topic import Scene, Topic
from tf_vmfvae.data.embedded.words import Noun

# Two of the narrator's people, and how often they judge together beside one alone.
COUPLE = (True, "their")
COUPLE_WEIGHT = 4.0
QUANTIFIERS = ("some", "many", "most")


class People(Rulebook):
    """Phrases for the people of a topic.

    Args:
        topic: the topic.
        rules: where the rules go, symbol -> alternatives.

    Attributes:
        people_classes: weights, numbers and pronouns of the topic's people.
        relative_classes: the same of the narrator's people, alone and by two.
        judge_classes: the same of all who judge.
        judge_numbers: weights and numbers of all who judge.
    """

    def __init__(self, topic: Topic, rules: dict[tuple, Alternatives]) -> None:
        super().__init__(topic, rules)
        self.people_classes = _classes(topic.people)
        self.relative_classes = _merged(
            [*_classes(topic.relatives), (COUPLE_WEIGHT, *COUPLE)]
        )
        self.judge_classes = _merged(self.people_classes + self.relative_classes)
        self.judge_numbers = [
            (sum(w for w, p, _ in self.judge_classes if p == plural), plural)
            for plural in (False, True)
        ]

    @written_once
    def actor(self, scene: Scene, plural: bool) -> tuple:
        """Who does it: "the young chef"."""
        symbol = ("actor", self.topic.name, scene.name, plural)
        nouns = [noun for noun in scene.actors if noun.plural == plural]
        adjectives = self.topic.actor_adjectives
        ours = self.topic.ours
        return self.define(
            symbol, [a for noun in nouns for a in _person(noun, adjectives, ours)]
        )

    @written_once
    def action(self, scene: Scene, tense: str) -> tuple:
        """Actors and what they do: "the young chef cooked"."""
        symbol = ("action", self.topic.name, scene.name, tense)
        return self.define(
            symbol,
            [
                (weight, (self.actor(scene, n), *words.verb(scene.event, tense, n)))
                for weight, n in _numbers(scene.actors)
            ],
        )

    @written_once
    def judge(self, plural: bool) -> tuple:
        """Who judges it: "the hungry guests", "my sister and david"."""
        return self.define(
            ("judge", self.topic.name, plural),
            [
                (weight, (self.judge_of(plural, pronoun),))
                for weight, judge_plural, pronoun in self.judge_classes
                if judge_plural == plural
            ],
        )

    @written_once
    def judge_of(self, plural: bool, pronoun: str) -> tuple:
        """Those who judge that a number and a possessive pronoun refer back to."""
        key = (plural, pronoun)
        alternatives = [
            (weight, (self.people(*key),))
            for weight, *of in self.people_classes
            if tuple(of) == key
        ]
        alternatives += [
            (weight, (self.relatives(*key),))
            for weight, *of in self.relative_classes
            if tuple(of) == key
        ]
        return self.define(("judge of", self.topic.name, *key), alternatives)

    @written_once
    def people(self, plural: bool, pronoun: str) -> tuple:
        """People of the topic: "the hungry guests"."""
        adjectives = self.topic.people_adjectives
        return self.define(
            ("people", self.topic.name, plural, pronoun),
            [
                alternative
                for noun in _fitting(self.topic.people, plural, pronoun)
                for alternative in _person(noun, adjectives, True, QUANTIFIERS)
            ],
        )

    @written_once
    def somebody(self) -> tuple:
        """Any people of the topic."""
        return self.define(
            ("somebody", self.topic.name),
            [
                (weight, (self.people(plural, pronoun),))
                for weight, plural, pronoun in self.people_classes
            ],
        )

    @written_once
    def relatives(self, plural: bool, pronoun: str) -> tuple:
        """The narrator's people: "my sister", "my sister and david"."""
        nouns = _fitting(self.topic.relatives, plural, pronoun)
        alternatives = [
            alternative
            for noun in nouns
            for alternative in _relative(noun, self.topic.relative_adjectives)
        ]
        if (plural, pronoun) == COUPLE:
            singular = [noun for noun in self.topic.relatives if not noun.plural]
            couples = list(itertools.permutations(singular, 2))
            alternatives += [
                (
                    COUPLE_WEIGHT / len(couples),
                    (*first.word.split(), "and", *second.word.split()),
                )
                for first, second in couples
            ]
        return self.define(
            ("relatives", self.topic.name, plural, pronoun), alternatives
        )


def _numbers(nouns: Sequence[Noun]) -> list[tuple[float, bool]]:
    """Weights and grammatical numbers of nouns."""
    plurals = [noun.plural for noun in nouns]
    return [(plurals.count(plural), plural) for plural in sorted(set(plurals))]


def _classes(nouns: Sequence[Noun]) -> list[tuple[float, bool, str]]:
    """Weights, numbers and pronouns of nouns."""
    return _merged([(1.0, noun.plural, noun.pronoun) for noun in nouns])


def _merged(
    classes: Sequence[tuple[float, bool, str]],
) -> list[tuple[float, bool, str]]:
    totals: dict[tuple[bool, str], float] = {}
    for weight, *key in classes:
        totals[tuple(key)] = totals.get(tuple(key), 0.0) + weight
    return [(weight, *key) for key, weight in sorted(totals.items())]


def _fitting(nouns: Sequence[Noun], plural: bool, pronoun: str) -> list[Noun]:
    return [n for n in nouns if (n.plural, n.pronoun) == (plural, pronoun)]


def _person(
    noun: Noun,
    adjectives: Sequence[str],
    ours: bool,
    quantifiers: Sequence[str] = (),
) -> Alternatives:
    """Ways to name an actor or one of the people, weights summing to 1."""
    if noun.kind == "name":
        return [(1.0, (noun.word,))]
    ways = [(0.4, ("the", noun.word))]
    if ours:
        ways.append((0.2, ("our", noun.word)))
    if noun.plural:
        ways += [(0.3 / len(quantifiers), (by, noun.word)) for by in quantifiers]
    ways += [(0.5 / len(adjectives), ("the", by, noun.word)) for by in adjectives]
    total = sum(weight for weight, _ in ways)
    return [(weight / total, way) for weight, way in ways]


def _relative(noun: Noun, adjectives: Sequence[str]) -> Alternatives:
    """Ways to name one of the narrator's people, weights summing to 1."""
    if noun.kind == "name":
        return [(1.0, (noun.word,))]
    my, word = noun.word.split()
    return [(0.6, (my, word))] + [
        (0.4 / len(adjectives), (my, adjective, word)) for adjective in adjectives
    ]
