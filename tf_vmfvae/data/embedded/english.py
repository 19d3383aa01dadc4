"""The grammar of the embedded corpus, put together from its topics and shapes."""

import functools

from tf_vmfvae.data.embedded.grammar import Grammar
from tf_vmfvae.data.embedded.phrases import Phrases
from tf_vmfvae.data.embedded.rulebook import Alternatives, Mood
from tf_vmfvae.data.embedded.shapes import SENTIMENT_FACTORS, SHAPES, TENSE_FACTORS
from tf_vmfvae.data.embedded.topic import Scene, Topic
from tf_vmfvae.data.embedded.topics import TOPICS

# What a sentence is about as a whole. A symbol ("sentence", ...) names the factors that
# are settled so far, in this order.
FACTORS = ("topic", "scene", "sentiment", "strength", "tense", "shape")
START = ("sentence",)


@functools.cache
def english() -> Grammar:
    """Builds the grammar; the same object each time."""
    rules: dict[tuple, Alternatives] = {}
    rules[START] = [(topic.weight, (_topic(topic, rules),)) for topic in TOPICS]
    return Grammar(rules, START)


def _topic(topic: Topic, rules: dict[tuple, Alternatives]) -> tuple:
    phrases = Phrases(topic, rules)
    return phrases.define(
        (*START, topic.name),
        [(scene.weight, (_scene(phrases, scene),)) for scene in topic.scenes],
    )


def _scene(phrases: Phrases, scene: Scene) -> tuple:
    sentiments = {"positive": scene.positive, "negative": 1 - scene.positive}
    return phrases.define(
        (*START, phrases.topic.name, scene.name),
        [
            (share, (_sentiment(phrases, scene, sentiment),))
            for sentiment, share in sentiments.items()
        ],
    )


def _sentiment(phrases: Phrases, scene: Scene, sentiment: str) -> tuple:
    strong = phrases.topic.strong[sentiment]
    return phrases.define(
        (*START, phrases.topic.name, scene.name, sentiment),
        [
            (1 - strong, (_mood(phrases, scene, (sentiment, "mild")),)),
            (strong, (_mood(phrases, scene, (sentiment, "strong")),)),
        ],
    )


def _mood(phrases: Phrases, scene: Scene, mood: Mood) -> tuple:
    return phrases.define(
        (*START, phrases.topic.name, scene.name, *mood),
        [
            (weight, (_tense(phrases, scene, mood, tense),))
            for tense, weight in phrases.topic.tenses.items()
        ],
    )


def _tense(phrases: Phrases, scene: Scene, mood: Mood, tense: str) -> tuple:
    symbol = (*START, phrases.topic.name, scene.name, *mood, tense)
    sentiment, _ = mood
    alternatives = []
    for name, (weight, shape) in SHAPES.items():
        for factors in (
            phrases.topic.shapes,
            SENTIMENT_FACTORS[sentiment],
            TENSE_FACTORS[tense],
        ):
            weight *= factors.get(name, 1)
        sentence = phrases.define((*symbol, name), shape(phrases, scene, mood, tense))
        alternatives.append((weight, (sentence,)))
    return phrases.define(symbol, alternatives)
