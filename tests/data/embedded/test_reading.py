import pytest

from tf_vmfvae.data import embedded
from tf_vmfvae.data.embedded import reading
from tf_vmfvae.data.embedded.english import sentence_grammar

EXAMPLES = [
    ("anna loved the soup", "food", "positive", "past"),
    ("the match was popular but my uncle hated it", "sport", "negative", "past"),
    ("there will be terrible fog on the coast", "weather", "negative", "future"),
    ("my sister thinks the test is fair", "school", "positive", "present"),
    # Almost sentences, as a model writes them.
    ("the singer singer sang a beautiful", "music", "positive", "past"),
    ("will the investors reject the the deal", "business", "negative", "future"),
    ("hello world", None, None, None),
    ("", None, None, None),
]


@pytest.mark.parametrize(("sentence", "topic", "sentiment", "tense"), EXAMPLES)
def test_topic_sentiment_and_tense_are_read(sentence, topic, sentiment, tense):
    assert embedded.topic(sentence) == topic
    assert embedded.sentiment(sentence) == sentiment
    assert embedded.tense(sentence) == tense


def test_all_factors_of_many_sentences_are_read_at_once():
    sentences, topics, sentiments, tenses = zip(*EXAMPLES, strict=True)

    assert embedded.read_factors(sentences) == {
        "topic": list(topics),
        "sentiment": list(sentiments),
        "tense": list(tenses),
    }
    assert embedded.read_factors([]) == {"topic": [], "sentiment": [], "tense": []}


def test_the_words_alone_say_the_same_as_the_grammar():
    sentences = sentence_grammar().sample(500, seed=123)
    parsed = embedded.read_factors(sentences)
    for factor in ("topic", "sentiment"):
        voted = [reading._vote(sentence, factor) for sentence in sentences]
        assert voted == parsed[factor]
