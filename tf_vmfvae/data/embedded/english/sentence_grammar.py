"""The grammar of the embedded corpus: which sentences there are, and how likely."""

import functools
from collections.abc import Mapping

from tf_vmfvae.data.embedded.english import one_clause, two_clauses
from tf_vmfvae.data.embedded.english.phrases import Mood, Phrases
from tf_vmfvae.data.embedded.grammar import Alternatives, Grammar
from tf_vmfvae.data.embedded.topics import TOPICS
from tf_vmfvae.data.embedded.topics.topic import Scene, Topic

# What is decided about a sentence as a whole, in this order. The symbol of a partly
# decided sentence is START followed by the values so far: ("sentence", "food", ...).
FACTORS = ("topic", "scene", "sentiment", "strength", "tense", "shape")
START = ("sentence",)

# Maps the name of a sentence shape to its weight and the function that writes it.
SHAPES = {
    "event": (4, one_clause.event),
    "opinion": (6, one_clause.opinion),
    "because": (4, two_clauses.because),
    "but": (3, two_clauses.but),
    "question": (5, one_clause.question),
    "when": (5, two_clauses.when),
    "report": (7, two_clauses.report),
    "so": (3, two_clauses.so),
    "there": (1.5, one_clause.there),
    "exclaim": (1.5, one_clause.exclaim),
    "relative": (2, one_clause.relative),
    "and": (4, two_clauses.and_),
}
# Factors on the weights above: people exclaim when they are pleased, ask why when not.
SENTIMENT_FACTORS = {
    "positive": {"exclaim": 3, "event": 3, "and": 2, "relative": 2, "opinion": 1.5},
    "negative": {"because": 3, "question": 3, "but": 3, "so": 2, "report": 1.5},
}
TENSE_FACTORS = {
    "past": {"when": 1.5, "and": 1.5, "relative": 1.3},
    "present": {"opinion": 1.5, "question": 1.3, "report": 1.3},
    "future": {"there": 1.5, "report": 2, "exclaim": 0.2, "relative": 0.7},
}

Rules = dict[tuple, Alternatives]


@functools.cache
def sentence_grammar() -> Grammar:
    """Builds the grammar; returns the same object each time."""
    rules: Rules = {}
    _decide(rules, START, {topic.name: topic.weight for topic in TOPICS})
    for topic in TOPICS:
        symbol = (*START, topic.name)
        phrases = Phrases(topic, rules)
        _decide(rules, symbol, {scene.name: scene.weight for scene in topic.scenes})
        for scene in topic.scenes:
            _write_scene((*symbol, scene.name), phrases, scene)
    return Grammar(rules, START)


def _write_scene(symbol: tuple, phrases: Phrases, scene: Scene) -> None:
    """Writes the rules of a scene: sentiment, strength, tense, shape, sentence."""
    topic, decide = phrases.topic, functools.partial(_decide, phrases.rules)
    sentiments = {"positive": scene.positive, "negative": 1 - scene.positive}
    for with_sentiment in decide(symbol, sentiments):
        strong = topic.strong[with_sentiment[-1]]
        for with_mood in decide(with_sentiment, {"mild": 1 - strong, "strong": strong}):
            mood = with_mood[-2:]
            for with_tense in decide(with_mood, topic.tenses):
                tense = with_tense[-1]
                for whole in decide(with_tense, _shape_weights(topic, mood, tense)):
                    _, write = SHAPES[whole[-1]]
                    phrases.rules[whole] = write(phrases, scene, mood, tense)


def _shape_weights(topic: Topic, mood: Mood, tense: str) -> dict[str, float]:
    sentiment, _ = mood
    return {
        name: weight
        * topic.shapes.get(name, 1)
        * SENTIMENT_FACTORS[sentiment].get(name, 1)
        * TENSE_FACTORS[tense].get(name, 1)
        for name, (weight, _) in SHAPES.items()
    }


def _decide(rules: Rules, symbol: tuple, weights: Mapping[str, float]) -> list[tuple]:
    """Writes the rule that decides the next factor; returns the symbols it leads to."""
    decided = [(*symbol, value) for value in weights]
    rules[symbol] = [
        (weight, (after,))
        for weight, after in zip(weights.values(), decided, strict=True)
    ]
    return decided
