"""Words of documents in many scripts, and vocabularies of all kinds."""

import random
import re
import unicodedata

import numpy as np
import pytest

from tf_vmfvae.data.documents.document_words import (
    build_document_vocabulary,
    count_words,
)
from tf_vmfvae.text import document_words, listed_words

HINDI = "\u092f\u0939 \u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A rose is a rose.", ["rose", "is", "rose"]),
        ("mp3 no_one x-ray don't", ["ray", "don"]),
        ("l'e\u0301tude E\u0301TE\u0301", ["\u00e9tude", "\u00e9t\u00e9"]),
        ("Tie\u0302\u0301ng Vie\u0323\u0302t", ["ti\u1ebfng", "vi\u1ec7t"]),
        # Two marks that no single character has both of.
        ("\u1eb9\u0301k\u1ecd\u0301", ["\u1eb9\u0301k\u1ecd\u0301"]),
        (HINDI + ".", HINDI.split()),
        # Arabic with its vowels, Hebrew with points, Thai, Tamil.
        (
            "\u0643\u0650\u062a\u064e\u0627\u0628!",
            ["\u0643\u0650\u062a\u064e\u0627\u0628"],
        ),
        (
            "(\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd)",
            ["\u05e9\u05c1\u05b8\u05dc\u05d5\u05b9\u05dd"],
        ),
        (
            "\u0e17\u0e35\u0e48\u0e19\u0e35\u0e48",
            ["\u0e17\u0e35\u0e48\u0e19\u0e35\u0e48"],
        ),
        ("\u0ba4\u0bae\u0bbf\u0bb4\u0bcd", ["\u0ba4\u0bae\u0bbf\u0bb4\u0bcd"]),
        # A joiner without width is inside a Persian word, and ends none.
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"],
        ),
        ("ab\u200d cd", ["ab", "cd"]),
        # A mark on what is no letter is no part of the word after it.
        ("\u2764\ufe0flove", ["love"]),
        ("\u039f\u0394\u039f\u03a3'\u0391", ["\u03bf\u03b4\u03bf\u03c2"]),
        ("\u00e9 \u0130 x", []),
    ],
)
def test_marks_belong_to_their_word(text, words):
    normal = [unicodedata.normalize("NFC", word) for word in words]

    assert document_words(text) == normal
    assert document_words(unicodedata.normalize("NFD", text)) == normal


def test_without_marks_words_are_runs_of_letters():
    rng = random.Random(0)
    plain = [
        character
        for character in map(chr, range(0x20, 0x3000))
        if unicodedata.category(character)[0] != "M"
        and unicodedata.normalize("NFD", character) == character
        and character not in "\u200c\u200d\u0130"
    ]
    for _ in range(20_000):
        text = "".join(
            rng.choice(plain if rng.random() < 0.3 else "abcABC \u00e9_1-'")
            for _ in range(12)
        )
        runs = re.findall(r"\b[^\W\d_]{2,}\b", text)
        assert document_words(text) == [run.lower() for run in runs]


def test_vocabularies_and_counts_use_the_same_words():
    texts = [HINDI, "l'e\u0301tude", "l'\u00c9TUDE", HINDI]
    vocabulary = build_document_vocabulary(texts)
    documents = count_words(texts, vocabulary)

    assert vocabulary == sorted([*HINDI.split(), "\u00e9tude"])
    assert documents.num_words.tolist() == [3, 1, 1, 3]


ODD = [
    "US",
    "us",
    "new_york",
    "e-mail",
    "mail",
    "don't",
    "c",
    "c++",
    "x",
    "mp3",
    "York",
]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("US us Us uS", ["US", "us", "us", "us"]),
        ("New_York, new_york; NEW_YORK", ["new_york"] * 3),
        ("e-mail E-Mail mail e mail", ["e-mail", "e-mail", "mail", "mail"]),
        ("web-e-mail-list", ["e-mail"]),
        ("Don't! don 't", ["don't"]),
        ("C, c++ and c+ (C++)", ["c", "c++", "c", "c++"]),
        ("x-ray in MP3, mp34", ["x", "mp3"]),
        ("York york YORK", ["York"]),
        ("xx cc", []),
    ],
)
def test_words_match_the_vocabulary_as_they_are_or_in_lower_case(text, words):
    assert listed_words(ODD)(text) == words
    counts = count_words([text], ODD)
    expected = np.array([words.count(word) for word in ODD])

    found = np.zeros(len(ODD), int)
    found[counts.pairs[:, 0] - 1] = counts.pairs[:, 1]
    np.testing.assert_array_equal(found, expected)


def test_any_listed_word_is_found():
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


def test_unusual_words_in_a_vocabulary_do_not_change_how_the_others_match():
    text = f"The ball, the GOAL and l'e\u0301tude: {HINDI} no. 3"
    plain = ["ball", "goal", "no", "the", "\u00e9tude", *HINDI.split()]

    assert listed_words([*plain, "x-y"])(text) == [
        word for word in document_words(text) if word in plain
    ]


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


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"size": 0}, "size is 0: give a whole number of at least 1"),
        ({"size": 1.5}, "size is 1.5: give a whole number"),
        ({"minimum_documents": 0.5}, "minimum_documents is 0.5: give a whole number"),
        ({"minimum_documents": 9}, "in 9 of them .*: lower minimum_documents"),
        ({"stop_words": "german"}, "stop_words is 'german': give 'english', None or"),
        ({"stop_words": ["a", None]}, r"stop_words\[1\] is None"),
    ],
)
def test_arguments_out_of_range_are_named(arguments, message):
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


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["a"], "labels: 1 for 2 documents"),
        (["a", None], r"labels\[1\] is None"),
        ([float("nan"), "a"], r"labels\[0\] is nan"),
    ],
)
def test_missing_labels_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        count_words(["ball", "ball"], ["ball"], labels)
    assert count_words(["ball"], ["ball"], [3]).labels.tolist() == ["3"]
