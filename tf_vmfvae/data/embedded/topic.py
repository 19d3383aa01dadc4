"""What a topic of the embedded corpus is made of."""

import dataclasses
from collections.abc import Mapping

from tf_vmfvae.data.embedded.words import Noun

# (sentiment, strength) -> phrases
Moods = Mapping[tuple[str, str], tuple[str, ...]]


def moods(
    *,
    mild_good: tuple[str, ...],
    strong_good: tuple[str, ...],
    mild_bad: tuple[str, ...],
    strong_bad: tuple[str, ...],
) -> Moods:
    """Phrases by sentiment and strength."""
    return {
        ("positive", "mild"): mild_good,
        ("positive", "strong"): strong_good,
        ("negative", "mild"): mild_bad,
        ("negative", "strong"): strong_bad,
    }


@dataclasses.dataclass(frozen=True)
class Scene:
    """Who does what to which things, where.

    Attributes:
        name: name of the scene.
        actors: who does it.
        event: verb of what they do to a thing, in its base form.
        things: what it is done to. A thing belongs to one scene alone: that is what a
            reader knows the scene by.
        places: where it may happen.
        qualities: adjectives that judge the things.
        positive: share of the scene's sentences that are positive.
        weight: how often the scene comes up within its topic.
    """

    name: str
    actors: tuple[Noun, ...]
    event: str
    things: tuple[Noun, ...]
    places: tuple[str, ...]
    qualities: Moods
    positive: float = 0.5
    weight: float = 1.0


@dataclasses.dataclass(frozen=True)
class Topic:
    """Scenes with the same people, times and turns of phrase.

    Attributes:
        name: name of the topic.
        scenes: its scenes.
        people: who judges the things.
        relatives: the narrator's people who judge them too, with their determiner.
        actor_adjectives: neutral adjectives for actors.
        people_adjectives: neutral adjectives for people.
        relative_adjectives: neutral adjectives for relatives.
        merits: neutral adjectives of things that make a reader expect praise.
        drawbacks: neutral adjectives of things that make a reader expect blame.
        opinions: verbs by which people judge a thing.
        reactions: verbs by which people react.
        companions: with whom people enjoy or suffer things.
        times: tense -> time phrases.
        tenses: tense -> weight.
        strong: sentiment -> share of strong feelings.
        shapes: sentence shape -> factor on its weight; 1 where it is left out.
        ours: whether actors may be called ours.
        weight: how often the topic comes up.
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
    ours: bool = True
    weight: float = 1.0
