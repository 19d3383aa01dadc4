"""The things of the embedded corpus, and what is said of them."""

import itertools

from tf_vmfvae.data.embedded import words
from tf_vmfvae.data.embedded.people import People
from tf_vmfvae.data.embedded.rulebook import Mood, written_once
from tf_vmfvae.data.embedded.topic import Scene

DEGREES = {
    "mild": ("quite", "fairly", "rather"),
    "strong": ("absolutely", "really", "truly"),
}


class Things(People):
    """Phrases for the things of a topic's scenes; see `Rulebook`."""

    @written_once
    def thing(self, scene: Scene, kind: str) -> tuple:
        """The bare noun: "soup"."""
        symbol = ("thing", self.topic.name, scene.name, kind)
        nouns = [noun for noun in scene.things if noun.kind == kind]
        return self.define(symbol, [(1.0, (noun.word,)) for noun in nouns])

    @written_once
    def definite(self, scene: Scene, kind: str) -> tuple:
        """A thing that is known: "the soup", "these noodles"."""
        symbol = ("definite", self.topic.name, scene.name, kind)
        thing = self.thing(scene, kind)
        this = "these" if kind == "many" else "this"
        return self.define(symbol, [(3, ("the", thing)), (1, (this, thing))])

    @written_once
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

    @written_once
    def known(self, scene: Scene, kind: str, tense: str) -> tuple:
        """A known thing, perhaps with its story: "the soup that the chef cooked"."""
        symbol = ("known", self.topic.name, scene.name, kind, tense)
        story = (self.definite(scene, kind), "that", self.action(scene, tense))
        return self.define(symbol, [(2, (self.described(scene, kind),)), (1, story)])

    @written_once
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

    @written_once
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

    @written_once
    def expectation(self, sentiment: str) -> tuple:
        """A neutral adjective that makes a reader expect the other sentiment."""
        topic = self.topic
        words_ = topic.drawbacks if sentiment == "positive" else topic.merits
        return self.define(
            ("expectation", topic.name, sentiment), [(1.0, (word,)) for word in words_]
        )

    @written_once
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


def thing_kinds(scene: Scene) -> list[tuple[float, str]]:
    """Weights and kinds of a scene's things."""
    kinds = [noun.kind for noun in scene.things]
    return [(kinds.count(kind), kind) for kind in sorted(set(kinds))]


def _indefinite(kind: str, adjective: str) -> tuple[str, ...]:
    if kind == "one":
        return (words.article(adjective), adjective)
    return (adjective,)
