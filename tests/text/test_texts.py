import collections

import keras
import numpy as np
import pytest
import tensorflow as tf

from tf_vmfvae.text import as_text, as_texts

TEXTS = ["profit rose", "le café", ""]


class ArrowScalar:
    """A stand-in for a string of an array of pyarrow."""

    def __init__(self, value):
        self._value = value

    def as_py(self):
        return self._value


@pytest.mark.parametrize(
    "texts",
    [
        TEXTS,
        tuple(TEXTS),
        iter(TEXTS),
        (text for text in TEXTS),
        collections.deque(TEXTS),
        dict(enumerate(TEXTS)).values(),
        np.array(TEXTS),
        np.array(TEXTS, object),
        np.char.encode(TEXTS, "utf-8"),
        [text.encode() for text in TEXTS],
        [np.str_(text) for text in TEXTS],
        [np.array(text) for text in TEXTS],
        tf.constant(TEXTS),
        list(tf.constant(TEXTS)),
        list(map(ArrowScalar, TEXTS)),
        tf.data.Dataset.from_tensor_slices(TEXTS),
    ],
)
def test_every_kind_of_list_of_strings_is_accepted(texts):
    found = as_texts(texts)

    assert found == TEXTS
    assert {type(text) for text in found} == {str}


@pytest.mark.parametrize("texts", [[], (), np.array([]), tf.constant([], tf.string)])
def test_an_empty_list_is_accepted(texts):
    assert as_texts(texts) == []


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ("apple song", r"^texts is one string: put it into a list, \['apple song'\]$"),
        (b"apple", r"^texts is one string: put it into a list, \[b'apple'\]$"),
        (np.str_("apple"), "^texts is one string"),
        (np.array("apple"), "^texts is one string: give a flat list"),
        (tf.constant("apple"), "^texts is one string: give a flat list"),
        ("x" * 500, r"^texts is one string: put it into a list, \['x{40}', \.\.\.\]$"),
        (None, "^texts is None: give a list of strings$"),
        (7, "^texts is 7: give a list of strings$"),
        (keras.Input((), dtype="string"), "^texts is a KerasTensor: give a list"),
        ({"a": 1}, "^texts is a dict, which is not a list"),
        ({"a"}, "^texts is a set, which is not a list"),
        (np.array([["a"], ["b"]]), r"^texts is of shape \(2, 1\): give a flat list"),
        (tf.constant([["a"]]), r"^texts is of shape \(1, 1\): give a flat list"),
        (tf.ragged.constant([["a"]]), r"^texts is of shape \(1, None\): give a flat"),
    ],
)
def test_anything_but_a_list_of_strings_is_refused(texts, message):
    with pytest.raises(ValueError, match=message):
        as_texts(texts)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "is None: give a string, or leave it out$"),
        (float("nan"), "is nan: give a string"),
        (np.float64("nan"), "is nan: give a string"),
        (3, "is 3: give a string"),
        (True, "is True: give a string"),
        (["a"], r"is \['a'\]: give a string"),
        (b"caf\xe9", r"is not UTF-8 text \(byte 3\): give a string"),
        ("half \ud83d", r"is not Unicode text \(character 5 is half a pair\): give"),
        (np.ma.masked, "is masked: give a string"),
        (object(), "is <object object|is a object"),
        (tf.constant(2.5), "is 2.5: give a string"),
    ],
)
def test_an_element_that_is_not_text_is_named_by_position(value, message):
    with pytest.raises(ValueError, match=r"^texts\[3\] " + message):
        as_texts(["a", "é", "", value, None])
    with pytest.raises(ValueError, match=r"^texts\[1\] " + message):
        as_texts(text for text in ["a", value])


def test_a_series_keeps_its_order(make_series):
    assert as_texts(make_series(TEXTS, [4, 0, 7])) == TEXTS


def test_an_element_of_a_series_is_named_by_position_and_label(make_series):
    with pytest.raises(ValueError, match=r"^texts\[1\] \(index 17\) is None: give"):
        as_texts(make_series(["a", None, "b"], [4, 17, 1]))
    with pytest.raises(ValueError, match=r"^texts\[1\] is None: give"):
        as_texts(make_series(["a", None, "b"], [0, 1, 2]))


def test_messages_name_the_argument():
    with pytest.raises(ValueError, match=r"^corpus\[0\] is None"):
        as_texts([None], "corpus")
    with pytest.raises(ValueError, match=r"^end is None: give a string$"):
        as_text(None, "end")
    assert as_text(b"a", "end") == "a"
