import math
import re
from collections import Counter

import numpy as np
import pytest

from tests.reference.whole_grammar import every_sentence, is_unambiguous
from tf_vmfvae.data import embedded
from tf_vmfvae.data.embedded.english import START, sentence_grammar
from tf_vmfvae.data.embedded.grammar import Grammar

VOWELS = "aeiou"


@pytest.fixture(scope="module")
def sample() -> list[str]:
    return sentence_grammar().sample(2_000, seed=123)


def scenes() -> list[tuple]:
    return [symbol for symbol in sentence_grammar().probabilities if is_scene(symbol)]


def is_scene(symbol: tuple) -> bool:
    return symbol[:1] == START and len(symbol) == len(START) + 2


def test_the_language_has_498_words_and_sentences_of_4_to_20():
    assert len(sentence_grammar().vocabulary) == 498
    assert sentence_grammar().length_range() == (4, 20)
    trained = {w for s in embedded.sentences("train") for w in s.split()}
    assert trained == set(sentence_grammar().vocabulary)


def test_entropy_is_the_mean_of_minus_log_probability(sample):
    surprise = [-embedded.log_probability(sentence) for sentence in sample]
    error = np.std(surprise) / math.sqrt(len(surprise))
    assert abs(np.mean(surprise) - embedded.entropy()) < 4 * error
    assert 15 < embedded.entropy() < 30


def test_half_of_the_entropy_is_in_the_factors_of_a_whole_sentence():
    whole = sentence_grammar().entropy(lambda symbol: symbol[:1] == START)
    assert 8 < whole < 12


def test_sampled_sentences_have_one_derivation(sample):
    for sentence in sample:
        assert len(sentence_grammar().derivations(sentence)) == 1


def test_no_sentence_belongs_to_two_scenes():
    # A sentence names one or more things of its own scene and none of another scene.
    rules = sentence_grammar().probabilities
    things = {}
    for symbol in rules:
        if symbol[0] == "thing":
            _, topic, scene, _ = symbol
            things.setdefault((topic, scene), set()).update(
                word for _, expansion in rules[symbol] for word in expansion
            )
    owners = Counter(word for words in things.values() for word in words)
    assert set(owners.values()) == {1}
    for symbol in scenes():
        used = sentence_grammar().words_of(symbol)
        for scene, words in things.items():
            if scene != symbol[1:]:
                assert not words & used


@pytest.mark.slow
def test_no_scene_has_an_ambiguous_sentence():
    for scene in scenes():
        assert is_unambiguous(Grammar(sentence_grammar().probabilities, scene))


def test_a_scene_has_no_ambiguous_sentence():
    scene = (*START, "sport", "match")
    assert is_unambiguous(Grammar(sentence_grammar().probabilities, scene))


def test_probabilities_of_all_sentences_sum_to_one():
    # Every sentence of one shape in one scene, mood and tense.
    rules = sentence_grammar().probabilities
    factors = ("film", "cartoon", "positive", "mild", "present", "so")
    grammar = Grammar(rules, (*START, *factors))
    sentences = every_sentence(grammar, grammar.start)
    assert len(sentences) > 10_000
    parsed = [grammar.log_probability(s) for s in list(sentences)[::50]]
    given = [math.log(p) for p in list(sentences.values())[::50]]
    np.testing.assert_allclose(parsed, given, rtol=1e-9)
    assert math.fsum(sentences.values()) == pytest.approx(1, abs=1e-9)
    entropy = -math.fsum(p * math.log(p) for p in sentences.values())
    assert entropy == pytest.approx(grammar.entropy(), abs=1e-9)


@pytest.mark.parametrize(
    "sentence",
    [
        "",
        "soup",
        "the guests loves the soup",
        "anna love the soup",
        "the chef cooked a awful soup",
        "anna loved the soup because they was cold",
        "anna loved the weird soup",
    ],
)
def test_a_sentence_that_is_not_english_has_no_probability(sentence):
    assert embedded.log_probability(sentence) == -math.inf


def test_articles_agree_with_the_next_word(sample):
    for sentence in sample:
        for article, word in re.findall(r"\b(an?) (\w+)", sentence):
            starts_with_vowel = word[0] in VOWELS and word not in ("useful", "useless")
            assert (article == "an") == (starts_with_vowel or word == "honest")


def test_subjects_agree_with_their_verbs(sample):
    text = "\n".join(sample)
    assert not re.search(r"\b(they|these \w+) (is|was)\b", text)
    assert not re.search(r"\b(it|this \w+) (are|were)\b", text)
    assert not re.search(r"\bdo (anna|maria|david|peter) (?!and)", text)
    assert not re.search(r"\b(claped|noded|bringed|singed|maked|teached)\b", text)


def test_topic_and_sentiment_vary_together():
    rules = sentence_grammar().probabilities

    def positive(topic: str) -> float:
        return sum(
            share * rules[scene][0][0] for share, (scene,) in rules[(*START, topic)]
        )

    assert positive("music") > 0.65
    assert positive("weather") < 0.5
