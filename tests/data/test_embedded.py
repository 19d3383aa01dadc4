"""The embedded corpus: exact probabilities, one reading a sentence, real English."""

import hashlib
import math
import re
from collections import Counter

import numpy as np
import pytest

from tf_vmfvae.data import embedded
from tf_vmfvae.data.embedded import reading
from tf_vmfvae.data.embedded.english import FACTORS, START, english
from tf_vmfvae.data.embedded.grammar import Grammar

VOWELS = "aeiou"


@pytest.fixture(scope="module")
def sample() -> list[str]:
    return english().sample(2_000, seed=123)


def scenes() -> list[tuple]:
    return [symbol for symbol in english().probabilities if is_scene(symbol)]


def is_scene(symbol: tuple) -> bool:
    return symbol[:1] == START and len(symbol) == len(START) + 2


def is_unambiguous(grammar: Grammar) -> bool:
    """Whether no sentence has two derivations.

    A leftmost derivation that has made some words still has a sequence of symbols to
    expand. Followed word by word over all derivations at once, two of them make the
    same sentence if and only if they come to the same sequence by the same words.
    Sets of sequences that were met before are not followed again.
    """
    steps: dict[tuple, list[tuple[str, tuple]]] = {}

    def steps_from(rest: tuple) -> list[tuple[str, tuple]]:
        if rest not in steps:
            if not rest:
                steps[rest] = []
            elif isinstance(rest[0], str):
                steps[rest] = [(rest[0], rest[1:])]
            else:
                steps[rest] = [
                    step
                    for _, expansion in grammar.probabilities[rest[0]]
                    for step in steps_from(tuple(expansion) + rest[1:])
                ]
        return steps[rest]

    seen = set()
    agenda = [frozenset([(grammar.start,)])]
    while agenda:
        by_word: dict[str, list[tuple]] = {}
        for rest in agenda.pop():
            for word, after in steps_from(rest):
                by_word.setdefault(word, []).append(after)
        for reached in by_word.values():
            together = frozenset(reached)
            if len(together) < len(reached):
                return False
            if together not in seen:
                seen.add(together)
                agenda.append(together)
    return True


def every_sentence(grammar: Grammar, symbol) -> Counter:
    """Every string of a symbol with its total probability."""
    if isinstance(symbol, str):
        return Counter({symbol: 1.0})
    total = Counter()
    for probability, expansion in grammar.probabilities[symbol]:
        strings = Counter({"": probability})
        for child in expansion:
            children = every_sentence(grammar, child)
            strings = Counter(
                {
                    f"{left} {right}".strip(): p * q
                    for left, p in strings.items()
                    for right, q in children.items()
                }
            )
        for string, p in strings.items():
            total[string] += p
    return total


def test_the_splits_are_the_same_on_every_machine():
    splits = [embedded.sentences(split) for split in embedded.SPLITS]
    assert [len(split) for split in splits] == [20_000, 2_000, 2_000]
    text = "\n".join(sentence for split in splits for sentence in split)
    assert (
        hashlib.sha256(text.encode()).hexdigest()
        == "fe36da49ff1c651e94e6fa7ac7719137ad4a4c70f241e7155c4d51ae02e5dc2f"
    )


def test_the_splits_share_next_to_nothing():
    train = set(embedded.sentences("train"))
    for split in ("validation", "test"):
        assert sum(s in train for s in embedded.sentences(split)) <= 5


def test_there_is_no_other_split():
    with pytest.raises(ValueError, match="split is 'dev': choose one of train"):
        embedded.sentences("dev")


def test_size_of_the_language():
    assert len(english().vocabulary) == 498
    assert english().length_range() == (4, 20)
    trained = {w for s in embedded.sentences("train") for w in s.split()}
    assert trained == set(english().vocabulary)


def test_entropy_is_the_mean_of_minus_log_probability(sample):
    surprise = [-embedded.log_probability(sentence) for sentence in sample]
    error = np.std(surprise) / math.sqrt(len(surprise))
    assert abs(np.mean(surprise) - embedded.entropy()) < 4 * error
    assert 15 < embedded.entropy() < 30


def test_half_of_the_entropy_is_in_what_a_sentence_is_as_a_whole():
    whole = english().entropy(lambda symbol: symbol[:1] == START)
    assert 8 < whole < 12


def test_sampled_sentences_have_one_derivation(sample):
    for sentence in sample:
        assert len(english().derivations(sentence)) == 1


def test_no_sentence_belongs_to_two_scenes():
    # A sentence names one or more things of its scene, and no other scene's.
    rules = english().probabilities
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
        used = english().words_of(symbol)
        for scene, words in things.items():
            if scene != symbol[1:]:
                # "books" is also what an agency does; as a thing it is "book".
                assert not words & used


@pytest.mark.slow
def test_no_scene_has_an_ambiguous_sentence():
    for scene in scenes():
        assert is_unambiguous(Grammar(english().probabilities, scene))


def test_a_scene_has_no_ambiguous_sentence():
    scene = (*START, "sport", "match")
    assert is_unambiguous(Grammar(english().probabilities, scene))


def test_the_ambiguity_check_finds_an_ambiguous_grammar():
    twice = {("s",): [(1, ("a", ("b",))), (1, (("c",), "b"))]}
    grammar = Grammar({**twice, ("b",): [(1, ("b",))], ("c",): [(1, ("a",))]}, ("s",))
    assert not is_unambiguous(grammar)
    assert len(grammar.derivations("a b")) == 2


def test_probabilities_of_all_sentences_sum_to_one():
    # Every sentence of one shape in one scene, mood and tense.
    rules = english().probabilities
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


def test_sample_frequencies_are_the_probabilities():
    grammar = Grammar(
        {("s",): [(2, (("a",), "x")), (1, ("y",))], ("a",): [(1, ("p",)), (3, ())]},
        ("s",),
    )
    counts = Counter(grammar.sample(30_000, seed=0))
    for sentence, probability in (("p x", 1 / 6), ("x", 1 / 2), ("y", 1 / 3)):
        assert grammar.log_probability(sentence) == pytest.approx(math.log(probability))
        error = math.sqrt(probability * (1 - probability) / 30_000)
        assert abs(counts[sentence] / 30_000 - probability) < 4 * error


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
def test_what_is_no_english_has_no_probability(sentence):
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


@pytest.mark.parametrize(
    ("sentence", "topic", "sentiment", "tense"),
    [
        ("anna loved the soup", "food", "positive", "past"),
        ("the match was popular but my uncle hated it", "sport", "negative", "past"),
        ("there will be terrible fog on the coast", "weather", "negative", "future"),
        ("my sister thinks the test is fair", "school", "positive", "present"),
        # Nearly sentences, as a model makes them.
        ("the singer singer sang a beautiful", "music", "positive", "past"),
        ("will the investors reject the the deal", "business", "negative", "future"),
        ("hello world", None, None, None),
        ("", None, None, None),
    ],
)
def test_topic_sentiment_and_tense_can_be_read(sentence, topic, sentiment, tense):
    assert embedded.topic(sentence) == topic
    assert embedded.sentiment(sentence) == sentiment
    assert embedded.tense(sentence) == tense


def test_reading_by_words_agrees_with_parsing(sample):
    for factor in ("topic", "sentiment"):
        place = len(START) + FACTORS.index(factor)
        for sentence in sample[:500]:
            (derivation,) = english().derivations(sentence)
            parsed = next(s[place] for s in derivation.symbols if len(s) > place)
            assert reading._read_words(sentence, factor) == parsed


def test_topic_and_sentiment_vary_together():
    rules = english().probabilities

    def positive(topic: str) -> float:
        return sum(
            share * rules[scene][0][0] for share, (scene,) in rules[(*START, topic)]
        )

    assert positive("music") > 0.65
    assert positive("weather") < 0.5


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ({("s",): [(1, (("n",),))]}, "has no rule"),
        ({("s",): [(1, ("a",)), (2, ("a",))]}, "twice"),
        ({("s",): [(0, ("a",))]}, "not positive"),
        ({("s",): []}, "no alternatives"),
    ],
)
def test_rules_that_make_no_grammar(rules, message):
    with pytest.raises(ValueError, match=message):
        Grammar(rules, ("s",))
