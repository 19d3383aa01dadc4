"""Reads a topic from its table, a file in the INI format.

The keys are the attributes of `Topic` and `Scene`. Commas separate phrases. A list of
nouns names the kind before the first noun of each kind: "one cake; mass bread; many
cookies, rolls".
"""

import configparser
import pathlib
from collections.abc import Mapping

from tf_vmfvae.data.embedded.topics.relatives import RELATIVES
from tf_vmfvae.data.embedded.topics.topic import Moods, Noun, Scene, Topic

SCENE = "scene "
MOODS = {
    "mildly positive": ("positive", "mild"),
    "strongly positive": ("positive", "strong"),
    "mildly negative": ("negative", "mild"),
    "strongly negative": ("negative", "strong"),
}


def read_topic(name: str) -> Topic:
    """Reads the topic of that name.

    >>> read_topic("food").times["future"]
    ('tonight', 'tomorrow', 'next week')
    """
    table = configparser.ConfigParser(interpolation=None)
    file = pathlib.Path(__file__).with_name(f"{name}.ini")
    table.read_string(file.read_text(encoding="utf-8"))
    own = table["topic"]
    return Topic(
        name=name,
        scenes=tuple(
            _scene(section.removeprefix(SCENE), table[section])
            for section in table.sections()
            if section.startswith(SCENE)
        ),
        people=read_nouns(own["people"]),
        relatives=tuple(RELATIVES[word] for word in _phrases(own["relatives"])),
        actor_adjectives=_phrases(own["actor adjectives"]),
        people_adjectives=_phrases(own["people adjectives"]),
        relative_adjectives=_phrases(own["relative adjectives"]),
        merits=_phrases(own["merits"]),
        drawbacks=_phrases(own["drawbacks"]),
        opinions=_moods(table["opinions"]),
        reactions=_moods(table["reactions"]),
        companions=_phrases(own["companions"]),
        times={tense: _phrases(listed) for tense, listed in table["times"].items()},
        tenses=_numbers(table["tenses"]),
        strong=_numbers(table["strong feelings"]),
        shapes=_numbers(table["shapes"]),
        ours=own.getboolean("ours", fallback=True),
        weight=float(own["weight"]),
    )


def read_nouns(listed: str) -> tuple[Noun, ...]:
    """Reads nouns, kind by kind.

    >>> [noun.word for noun in read_nouns("one cake; many cookies, rolls")]
    ['cake', 'cookies', 'rolls']
    """
    nouns = []
    for group in listed.split(";"):
        kind, words = group.split(maxsplit=1)
        pronoun = "their" if kind == "many" else ""
        nouns += [Noun(word, kind, pronoun) for word in _phrases(words)]
    return tuple(nouns)


def _scene(name: str, table: Mapping[str, str]) -> Scene:
    return Scene(
        name=name,
        actors=read_nouns(table["actors"]),
        event=table["event"],
        things=read_nouns(table["things"]),
        places=_phrases(table["places"]),
        qualities=_moods(table),
        positive=float(table["share positive"]),
        weight=float(table["weight"]),
    )


def _moods(table: Mapping[str, str]) -> Moods:
    return {mood: _phrases(table[name]) for name, mood in MOODS.items()}


def _numbers(table: Mapping[str, str]) -> dict[str, float]:
    return {name: float(number) for name, number in table.items()}


def _phrases(listed: str) -> tuple[str, ...]:
    return tuple(phrase.strip() for phrase in listed.split(",") if phrase.strip())
