"""Phrases of the embedded corpus: who, what, where, when, and how it was."""

import functools
import itertools
from collections.abc import Callable, Sequence

from tf_vmfvae.data.embedded import words
from tf_vmfvae.data.embedded.grammar import Expansion
from tf_vmfvae.data.embedded.topic import Scene, Topic
from tf_vmfvae.data.embedded.words import Noun

Mood = tuple[str, str]
Alternatives = Sequence[tuple[float, Expansion]]

# Two of the narrator's people, and how often they judge together beside one alone.
COUPLE = (True, "their")
COUPLE_WEIGHT = 4.0
COMMENTS = {
    "positive": ("luckily", "thankfully"),
    "negative": ("sadly", "unfortunately"),
}
QUANTIFIERS = ("some", "many", "most")
DEGREES = {
    "mild": ("quite", "fairly", "rather"),
    "strong": ("absolutely", "really", "truly"),
}


def _written_once(method: Callable[..., tuple]) -> Callable[..., tuple]:
    """Writes a phrase's rule the first time it is asked for, and never again."""

    @functools.wraps(method)
    def write(self: "Phrases", *args: object) -> tuple:
        key = [arg.name if isinstance(arg, Scene) else arg for arg in args]
        key = (method.__name__, *key)
        if key not in self._written:
            self._written[key] = method(self, *args)
        return self._written[key]

    return write


class Phrases:
    """Writes the rules of one topic's phrases as they are asked for.

    Each method returns the symbol of a phrase. Two calls with the same arguments return
    the same symbol, so a phrase has one rule wherever it stands.

    Args:
        topic: the topic.
        rules: where the rules go, symbol -> alternatives.
    """

    def __init__(self, topic: Topic, rules: dict[tuple, Alternatives]) -> None:
        self.topic = topic
        self._rules = rules
        self._written: dict[tuple, tuple] = {}
        # Weights, numbers and pronouns: of the topic's people, of the narrator's
        # people, alone and by two, and of all who judge.
        self.people_classes = _classes(topic.people)
        self.relative_classes = _merged(
            [*_classes(topic.relatives), (COUPLE_WEIGHT, *COUPLE)]
        )
        self.judge_classes = _merged(self.people_classes + self.relative_classes)
        self.judge_numbers = [
            (sum(w for w, p, _ in self.judge_classes if p == plural), plural)
            for plural in (False, True)
        ]

    def define(self, symbol: tuple, alternatives: Alternatives) -> tuple:
        """Gives a symbol its rule; returns the symbol."""
        self._rules[symbol] = alternatives
        return symbol

    @_written_once
    def optional(self, share: float, phrase: Expansion) -> tuple:
        """A phrase that is there in a share of the sentences."""
        symbol = ("optional", share, phrase)
        return self.define(symbol, [(share, phrase), (1 - share, ())])

    @_written_once
    def actor(self, scene: Scene, plural: bool) -> tuple:
        """Who does it: "the young chef"."""
        symbol = ("actor", self.topic.name, scene.name, plural)
        nouns = [noun for noun in scene.actors if noun.plural == plural]
        adjectives = self.topic.actor_adjectives
        ours = self.topic.ours
        return self.define(
            symbol, [a for noun in nouns for a in _person(noun, adjectives, ours)]
        )

    @_written_once
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

    @_written_once
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

    @_written_once
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

    @_written_once
    def somebody(self) -> tuple:
        """Any people of the topic."""
        return self.define(
            ("somebody", self.topic.name),
            [
                (weight, (self.people(plural, pronoun),))
                for weight, plural, pronoun in self.people_classes
            ],
        )

    @_written_once
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

    @_written_once
    def thing(self, scene: Scene, kind: str) -> tuple:
        """The bare noun: "soup"."""
        symbol = ("thing", self.topic.name, scene.name, kind)
        nouns = [noun for noun in scene.things if noun.kind == kind]
        return self.define(symbol, [(1.0, (noun.word,)) for noun in nouns])

    @_written_once
    def definite(self, scene: Scene, kind: str) -> tuple:
        """A thing that is known: "the soup", "these noodles"."""
        symbol = ("definite", self.topic.name, scene.name, kind)
        thing = self.thing(scene, kind)
        this = "these" if kind == "many" else "this"
        return self.define(symbol, [(3, ("the", thing)), (1, (this, thing))])

    @_written_once
    def described(self, scene: Scene, kind: str) -> tuple:
        """A known thing, perhaps with a neutral adjective: "the simple soup"."""
        symbol = ("described", self.topic.name, scene.name, kind)
        thing = self.thing(scene, kind)
        neutral = self.topic.merits + self.topic.drawbacks
        return self.define(
            symbol,
            [(6, (self.definite(scene, kind),))]
            + [(1, ("the", adjective, thing)) for adjective in neutral],
        )

    @_written_once
    def known(self, scene: Scene, kind: str, tense: str) -> tuple:
        """A known thing, perhaps with its story: "the soup that the chef cooked"."""
        symbol = ("known", self.topic.name, scene.name, kind, tense)
        story = (self.definite(scene, kind), "that", self.action(scene, tense))
        return self.define(symbol, [(2, (self.described(scene, kind),)), (1, story)])

    @_written_once
    def judged(self, scene: Scene, kind: str, mood: Mood) -> tuple:
        """A new thing with a judgement: "an awful soup"."""
        symbol = ("judged", self.topic.name, scene.name, kind, *mood)
        thing = self.thing(scene, kind)
        return self.define(
            symbol,
            [
                (1.0, (*_indefinite(kind, adjective), thing))
                for adjective in scene.qualities[mood]
            ],
        )

    @_written_once
    def fully_judged(self, scene: Scene, kind: str, mood: Mood) -> tuple:
        """A new thing with one judgement or two: "an awful and salty soup"."""
        symbol = ("fully judged", self.topic.name, scene.name, kind, *mood)
        couples = list(itertools.permutations(scene.qualities[mood], 2))
        thing = self.thing(scene, kind)
        return self.define(
            symbol,
            [(0.7, (self.judged(scene, kind, mood),))]
            + [
                (
                    0.3 / len(couples),
                    (*_indefinite(kind, first), "and", second, thing),
                )
                for first, second in couples
            ],
        )

    @_written_once
    def expectation(self, sentiment: str) -> tuple:
        """A neutral adjective that makes a reader expect the other sentiment."""
        topic = self.topic
        words_ = topic.drawbacks if sentiment == "positive" else topic.merits
        return self.define(
            ("expectation", topic.name, sentiment), [(1.0, (word,)) for word in words_]
        )

    @_written_once
    def quality(self, scene: Scene, mood: Mood) -> tuple:
        """How it was: "quite tasty"."""
        symbol = ("quality", self.topic.name, scene.name, *mood)
        _, strength = mood
        alternatives = []
        for adjective in scene.qualities[mood]:
            alternatives.append((2.0, (adjective,)))
            alternatives += [(1.0, (by, adjective)) for by in DEGREES[strength]]
        couples = list(itertools.permutations(scene.qualities[mood], 2))
        alternatives += [
            (3.0 / len(couples), (first, "and", second)) for first, second in couples
        ]
        return self.define(symbol, alternatives)

    @_written_once
    def opinion(self, mood: Mood, tense: str, plural: bool) -> tuple:
        """A verb that judges: "really loves"."""
        symbol = ("opinion", self.topic.name, *mood, tense, plural)
        _, strength = mood
        alternatives = []
        for base in self.topic.opinions[mood]:
            verb = words.verb(base, tense, plural)
            alternatives.append((3.0, verb))
            if strength == "strong":
                # "will really love", "really loved"
                alternatives.append((1.0, (*verb[:-1], "really", verb[-1])))
        return self.define(symbol, alternatives)

    @_written_once
    def asked_opinion(self, mood: Mood) -> tuple:
        """A verb that judges, in its base form: "love"."""
        symbol = ("asked opinion", self.topic.name, *mood)
        return self.define(
            symbol, [(1.0, (base,)) for base in self.topic.opinions[mood]]
        )

    @_written_once
    def reaction(self, mood: Mood, tense: str) -> tuple:
        """People and how they react: "the guests ask for more"."""
        symbol = ("reaction", self.topic.name, *mood, tense)
        return self.define(
            symbol,
            [
                (weight, (self.judge(plural), self.reacting(mood, tense, plural)))
                for weight, plural in self.judge_numbers
            ],
        )

    @_written_once
    def reacting(self, mood: Mood, tense: str, plural: bool) -> tuple:
        """How people react: "asks for more"."""
        symbol = ("reacting", self.topic.name, *mood, tense, plural)
        verbs = [words.verb(v, tense, plural) for v in self.topic.reactions[mood]]
        return self.define(symbol, [(1.0, verb) for verb in verbs])

    @_written_once
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

    @_written_once
    def companion(self, pronoun: str) -> tuple:
        """With whom: "with her friends"; nobody where the pronoun is unknown."""
        symbol = ("companion", self.topic.name, pronoun)
        if not pronoun:
            return self.define(symbol, [(1.0, ())])
        phrases = [("with", pronoun, who) for who in self.topic.companions]
        return self.define(
            symbol, [(3.0, ())] + [(1 / len(phrases), phrase) for phrase in phrases]
        )

    @_written_once
    def opening(self, tense: str, sentiment: str) -> tuple:
        """What may come first: "last week", "sadly"."""
        symbol = ("opening", self.topic.name, tense, sentiment)
        comments = [(0.7, (comment,)) for comment in COMMENTS[sentiment]]
        return self.define(symbol, [(4, ()), (3, (self.time(tense),)), *comments])

    @_written_once
    def comment(self, sentiment: str) -> tuple:
        """What the narrator may think of it: "sadly"."""
        comments = [(1.0, (comment,)) for comment in COMMENTS[sentiment]]
        return self.define(("comment", sentiment), [(8, ()), *comments])

    @_written_once
    def setting(self, scene: Scene, tense: str) -> tuple:
        """Where, when or for whom it may have been."""
        symbol = ("setting", self.topic.name, scene.name, tense)
        return self.define(
            symbol,
            [
                (2, ()),
                (2, (self.place(scene),)),
                (2, (self.time(tense),)),
                (2, ("for", self.somebody())),
            ],
        )

    @_written_once
    def place(self, scene: Scene) -> tuple:
        """Where: "in the kitchen"."""
        symbol = ("place", self.topic.name, scene.name)
        return self.define(
            symbol, [(1.0, tuple(place.split())) for place in scene.places]
        )

    @_written_once
    def time(self, tense: str) -> tuple:
        """When: "last week"."""
        symbol = ("time", self.topic.name, tense)
        return self.define(
            symbol, [(1.0, tuple(time.split())) for time in self.topic.times[tense]]
        )


def thing_kinds(scene: Scene) -> list[tuple[float, str]]:
    """Weights and kinds of a scene's things."""
    kinds = [noun.kind for noun in scene.things]
    return [(kinds.count(kind), kind) for kind in sorted(set(kinds))]


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


def _indefinite(kind: str, adjective: str) -> tuple[str, ...]:
    if kind == "one":
        return (words.article(adjective), adjective)
    return (adjective,)
