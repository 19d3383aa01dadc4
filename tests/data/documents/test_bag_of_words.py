import random
import unicodedata

import numpy as np
import pytest

from tf_vmfvae.data.documents.bag_of_words import (
    build_document_vocabulary,
    count_words,
)

HINDI = "\u092f\u0939 \u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902"


def test_vocabularies_and_counts_use_the_same_words():
    texts = [HINDI, "l'e\u0301tude", "l'\u00c9TUDE", HINDI]
    vocabulary = build_document_vocabulary(texts)
    documents = count_words(texts, vocabulary)

    assert vocabulary == sorted([*HINDI.split(), "\u00e9tude"])
    assert documents.num_words.tolist() == [3, 1, 1, 3]


def test_words_are_counted_as_they_are_listed_or_in_lower_case():
    vocabulary = ["US", "us", "e-mail", "mail", "c++", "York"]
    documents = count_words(["E-mail us: the US mail, us. C++ york"], vocabulary)

    assert documents.matrix(6).toarray().tolist() == [[1, 2, 1, 1, 1, 0]]


def test_every_word_of_any_vocabulary_is_counted():
    rng = random.Random(1)
    characters = [
        *"abAB1_-'.+\u00e9\u0301\u093f\u200d\u03a3\u0130",
        *HINDI,
        "\U0001f600",
    ]
    words = {
        unicodedata.normalize(
            "NFC", "".join(rng.choices(characters, k=rng.randrange(1, 6)))
        )
        for _ in range(2000)
    }
    words = sorted(word for word in words if word.split() == [word])
    documents = count_words(words, words)

    assert documents.num_words.tolist() == [1] * len(words)
    assert documents.pairs[:, 0].tolist() == list(range(1, len(words) + 1))


@pytest.mark.parametrize(
    ("vocabulary", "message"),
    [
        (["ball", "new york"], "'new york' contains white space"),
        (["ball", "new\u00a0york"], "contains white space"),
        (["ball", " goal"], "' goal' contains white space"),
        (["ball", ""], r"vocabulary\[1\] is empty"),
        (["ball", "goal", "ball"], "'ball' occurs twice"),
        (["\u00e9t\u00e9", "e\u0301te\u0301"], "'\u00e9t\u00e9' occurs twice"),
        (["ball", None], r"vocabulary\[1\] is None"),
        (["ball", 7], r"vocabulary\[1\] is 7"),
        ("ball", "vocabulary is one string"),
        ({"ball": 0}, "vocabulary is a dict"),
    ],
)
def test_a_vocabulary_that_no_text_can_match_is_refused(vocabulary, message):
    with pytest.raises(ValueError, match=message) as error:
        count_words(["ball"], vocabulary)
    assert "\n" not in str(error.value)


def test_a_missing_label_is_refused():
    with pytest.raises(ValueError, match=r"labels\[1\] is None"):
        count_words(["ball", "ball"], ["ball"], ["a", None])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 0}, "size is 0: give a whole number of at least 1"),
        ({"size": 1.5}, "size is 1.5: give a whole number"),
        ({"minimum_documents": 0.5}, "minimum_documents is 0.5: give a whole number"),
        ({"minimum_documents": 9}, "occurs in 9 documents: lower minimum_documents"),
        ({"stop_words": "german"}, "stop_words is 'german': give 'english', None or"),
        ({"stop_words": ["a", None]}, r"stop_words\[1\] is None"),
    ],
)
def test_an_argument_out_of_range_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        build_document_vocabulary(["the ball", "the goal"], **arguments)


@pytest.mark.parametrize(
    "stop_words", [["The", "don't"], {"don't", "THE"}, np.array(["the", "don"])]
)
def test_stop_words_are_split_like_documents(stop_words):
    texts = ["The ball, don't", "the e\u0301tude"]

    left = build_document_vocabulary(texts, stop_words=stop_words)
    assert left == ["ball", "\u00e9tude"]
    left = build_document_vocabulary(texts, stop_words=[*stop_words, "\u00c9tude"])
    assert left == ["ball"]
