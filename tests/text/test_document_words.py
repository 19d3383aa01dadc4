import random
import re
import unicodedata

import pytest

from tf_vmfvae.text import document_words, listed_words

HINDI = "\u092f\u0939 \u0939\u093f\u0928\u094d\u0926\u0940 \u092e\u0947\u0902"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("A rose is a rose.", ["rose", "is", "rose"]),
        ("mp3 no_one x-ray don't", ["ray", "don"]),
        ("l'e\u0301tude E\u0301TE\u0301", ["\u00e9tude", "\u00e9t\u00e9"]),
        ("Tie\u0302\u0301ng Vie\u0323\u0302t", ["ti\u1ebfng", "vi\u1ec7t"]),
        # Letters with two marks, for which Unicode has no single character.
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
        # A zero-width joiner inside a Persian word does not end it.
        (
            "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
            ["\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"],
        ),
        ("ab\u200d cd", ["ab", "cd"]),
        # A mark on a symbol does not belong to the word after it.
        ("\u2764\ufe0flove", ["love"]),
        ("\u039f\u0394\u039f\u03a3'\u0391", ["\u03bf\u03b4\u03bf\u03c2"]),
        ("\u00e9 \u0130 x", []),
    ],
)
def test_marks_belong_to_their_word(text, words):
    normal = [unicodedata.normalize("NFC", word) for word in words]

    assert document_words(text) == normal
    assert document_words(unicodedata.normalize("NFD", text)) == normal


def test_in_text_without_marks_words_are_runs_of_letters():
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


def test_an_unusual_word_in_a_vocabulary_does_not_change_how_the_others_match():
    text = f"The ball, the GOAL and l'e\u0301tude: {HINDI} no. 3"
    plain = ["ball", "goal", "no", "the", "\u00e9tude", *HINDI.split()]

    assert listed_words([*plain, "x-y"])(text) == [
        word for word in document_words(text) if word in plain
    ]
