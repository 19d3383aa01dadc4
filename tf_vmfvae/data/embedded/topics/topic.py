"""What a topic of the embedded corpus consists of."""

import dataclasses
from collections.abc import Mapping

# Maps (sentiment, strength) to phrases.
Moods = Mapping[tuple[str, str], tuple[str, ...]]


@dataclasses.dataclass(frozen=True)
class Noun:
    """A noun, and how the words around it agree with it.

    Attributes:
        word: the noun itself.
        kind: "one" takes a/an and a singular verb, "mass" a singular verb and no a/an,
            "many" is plural, "name" is singular and takes no determiner.
        pronoun: possessive pronoun that refers back to it; "" if the noun does not say
            which.
    """

    word: str
    kind: str
    pronoun: str = ""

    @property
    def plural(self) -> bool:
        return self.kind == "many"


@dataclasses.dataclass(frozen=True)
class Scene:
    """Who does what to which things, and where.

    Attributes:
        name: name of the scene.
        actors: who acts.
        event: what they do to a thing, a verb in its base form.
        things: what they do it to. No two scenes share a thing, so a reader can tell
            the scene from it.
        places: where it may happen.
        qualities: adjectives that judge the things.
        positive: share of positive sentences.
        weight: relative frequency of the scene within its topic.
    """

    name: str
    actors: tuple[Noun, ...]
    event: str
    things: tuple[Noun, ...]
    places: tuple[str, ...]
    qualities: Moods
    positive: float
    weight: float


@dataclasses.dataclass(frozen=True)
class Topic:
    """Scenes that share people, times and turns of phrase.

    Attributes:
        name: name of the topic.
        scenes: its scenes.
        people: who judges the things.
        relatives: relatives and friends of the narrator, who judge them too.
        actor_adjectives: neutral adjectives for actors.
        people_adjectives: neutral adjectives for people.
        relative_adjectives: neutral adjectives for relatives.
        merits: neutral adjectives of things that make a reader expect praise.
        drawbacks: neutral adjectives of things that make a reader expect blame.
        opinions: verbs with which people judge a thing.
        reactions: verbs with which people react.
        companions: with whom people enjoy or suffer things.
        times: maps each tense to time phrases.
        tenses: maps each tense to its weight.
        strong: maps each sentiment to the share of strong feelings.
        shapes: maps sentence shapes to factors on their weights; 1 for the others.
        ours: whether the narrator may say "our" of actors.
        weight: relative frequency of the topic.
    """

    name: str
    scenes: tuple[Scene, ...]
    people: tuple[Noun, ...]
    relatives: tuple[Noun, ...]
    actor_adjectives: tuple[str, ...]
    people_adjectives: tuple[str, ...]
    relative_adjectives: tuple[str, ...]
    merits: tuple[str, ...]
    drawbacks: tuple[str, ...]
    opinions: Moods
    reactions: Moods
    companions: tuple[str, ...]
    times: Mapping[str, tuple[str, ...]]
    tenses: Mapping[str, float]
    strong: Mapping[str, float]
    shapes: Mapping[str, float]
    ours: bool
    weight: float
