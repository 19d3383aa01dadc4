import random
import unicodedata

import numpy as np
import tensorflow as tf

from tf_vmfvae.text import split_words
from tf_vmfvae.text.graph_words import decompose, split_at_white_space
from tf_vmfvae.text.unicode_tables import unicode_tables

CHARACTERS = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]


def nfc(text):
    return unicodedata.normalize("NFC", text)


def nfd(text):
    return unicodedata.normalize("NFD", text)


def assert_decomposed(words):
    as_it_is, lower = (
        [word.decode() for word in found.numpy()]
        for found in decompose(tf.constant(words))
    )

    assert as_it_is == [nfd(word) for word in words]
    assert lower == [nfd(nfc(word).lower()) for word in words]


def test_graphs_split_at_the_characters_that_python_splits_at():
    texts = [f"a{character}b" for character in CHARACTERS]
    words = split_at_white_space(tf.constant(texts)).row_lengths().numpy()

    np.testing.assert_array_equal(words, [len(text.split()) for text in texts])


def test_leading_trailing_and_repeated_white_space_gives_no_empty_words():
    texts = ["", " ", "\u3000\u00a0", "\u2003a\u0085\u001cb \u2028", "\ta\n"]
    found = split_at_white_space(tf.constant(texts)).to_list()

    assert found == [[word.encode() for word in split_words(text)] for text in texts]


def test_every_character_is_decomposed_and_lowered_as_python_does():
    assert_decomposed(CHARACTERS)


def test_every_character_is_decomposed_and_lowered_inside_a_word():
    # The marks change places if the character has marks, and it decides whether the
    # sigma is final.
    assert_decomposed([f"A{c}\u0301\u0323Σ{c}" for c in CHARACTERS[:0x3000]])


def test_random_words_are_decomposed_and_lowered_as_python_does():
    rng = random.Random(0)
    tables = unicode_tables()
    pools = (
        list(map(chr, tables.combining)),
        list(map(chr, tables.decomposing[:2000])),
        list(map(chr, tables.capitals)),
        list("Σ\u03c3ςİI\u0131ßẞ'\u2019:·\u00ad\u200d a1-"),
        CHARACTERS,
    )
    words = [
        "".join(rng.choice(rng.choice(pools)) for _ in range(rng.randrange(9)))
        for _ in range(50_000)
    ]
    assert_decomposed(words)


def test_invalid_bytes_become_replacement_characters():
    as_it_is, _ = decompose(tf.constant([b"caf\xe9", b"caf\xc3\xa9"]))

    assert [word.decode() for word in as_it_is.numpy()] == ["caf\ufffd", "cafe\u0301"]


def test_no_words_are_decomposed_to_no_words():
    assert [found.shape for found in decompose(tf.constant([], tf.string))] == [
        (0,)
    ] * 2
