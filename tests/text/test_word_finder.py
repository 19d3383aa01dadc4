"""Graphs find the words in documents that Python finds."""

import random
import re
import unicodedata

import pytest
import tensorflow as tf

from tf_vmfvae.text import document_words, listed_words, normalize
from tf_vmfvae.text.unicode_tables import symbol_compositions, unicode_tables
from tf_vmfvae.text.word_finder import WordFinder

TABLES, PAIRS = unicode_tables(), symbol_compositions()
ALPHABETS = [
    "aAbB",
    "ασςΑΣ'",
    "e\u0301\u0323EéÉ",
    "हिन्दीक़",
    "می\u200c\u200dخ",
    "한글\u1112\u1161\u11ab",
    "👍❤\ufe0f\u200d🏽",
    "İIi\u0131\u0307ßẞ",
    "01_²½Ⅷ٣",
    "-+.=<\u0338\u0304\u0345¨",
    " \t\x1c\u00a0\u3000",
    # Characters with other forms, one of them with two symbols in form C.
    "\U0001d15e\u2adc\u0344\u037e\u1fef\u212a",
    [chr(code) for code in PAIRS.composed],
    [chr(code) for code in PAIRS.second],
    [chr(key >> 21) for key in PAIRS.keys.tolist()],
    [chr(code) for code in TABLES.combining],
]


def random_texts(count):
    rng = random.Random(0)
    texts = []
    for _ in range(count):
        alphabets = rng.sample(ALPHABETS, rng.randrange(1, 4))
        length = rng.randrange(25)
        texts.append("".join(rng.choice(rng.choice(alphabets)) for _ in range(length)))
    return texts


TEXTS = random_texts(4000)


def parts_of(texts):
    """Returns random parts of texts, as they are and in lower case."""
    rng = random.Random(1)
    found = set()
    for text in map(normalize, texts):
        for chunk in f"{text} {text.lower()}".split():
            start = rng.randrange(len(chunk))
            found.add(normalize(chunk[start : start + rng.randrange(1, 6)]))
    return sorted(part for part in found if part.split() == [part])


FOUND = {word for text in TEXTS for word in document_words(text)}
PLAIN = sorted({"ab", *(word for word in FOUND if document_words(word) == [word])})
PARTS = parts_of(TEXTS[:1500])
RUNS = sorted({"ab", *(part for part in PARTS if re.fullmatch(r"\w+", part))})
# Words that contain each other or overlap, from the start, in the middle, at the end.
SYMBOLS = ["-", "a-a", "a-a-b", "b-a", "c", "c++", "+", "ab", "Ab", "=", "≠", "a\u200d"]
VOCABULARIES = {"plain": PLAIN, "runs": RUNS, "parts": PARTS, "symbols": SYMBOLS}


def python_words(vocabulary, texts):
    known, find = set(vocabulary), listed_words(vocabulary)
    return [[word for word in find(text) if word in known] for text in texts]


@pytest.fixture(scope="module", params=VOCABULARIES)
def vocabulary(request):
    return VOCABULARIES[request.param]


@pytest.fixture(scope="module")
def graph_words(vocabulary):
    """Returns a function that finds words in a graph."""
    signature = [tf.TensorSpec([None], tf.string)]
    find = tf.function(WordFinder(vocabulary), input_signature=signature)

    def words(texts):
        rows = find(tf.constant(texts, tf.string)).to_list()
        return [[vocabulary[index - 1] for index in row] for row in rows]

    return words


def test_random_texts_have_the_words_that_python_finds(vocabulary, graph_words):
    expected = python_words(vocabulary, TEXTS)

    assert graph_words(TEXTS) == expected
    assert sum(map(len, expected)) > 300


def test_every_kind_of_character_separates_words_as_in_python(vocabulary, graph_words):
    codes = [*range(0x3000), *range(0x3000, 0xD800, 89), *range(0xE000, 0x110000, 89)]
    codes += [*TABLES.combining, *TABLES.decomposing, *PAIRS.composed]
    texts = [f"ab{c}ab {c}Ab a{c}-a-a={c}" for c in map(chr, codes)]

    assert graph_words(texts) == python_words(vocabulary, texts)


def test_overlapping_words_are_found_from_the_left(vocabulary, graph_words):
    texts = ["a-a-a-b-a-a-b", "c+++c++", "a-" * 700 + "b", "-".join("aabba" * 40)]
    texts += [unicodedata.normalize("NFD", "a≠=≠≠"), "=\u0338\u0301", "", " "]

    assert graph_words(texts) == python_words(vocabulary, texts)
    assert graph_words([]) == []


def test_bytes_that_are_not_utf_8_separate_words():
    found = WordFinder(["ab", "é"])(tf.constant([b"ab\xffab caf\xe9 \xc3\xa9"]))

    assert found.to_list() == [[1, 1, 2]]


def test_a_vocabulary_with_white_space_is_refused():
    with pytest.raises(ValueError, match="'new york' contains white space"):
        WordFinder(["ab", "new york"])
