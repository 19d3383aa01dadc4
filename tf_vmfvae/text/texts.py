"""Checks texts and vocabularies that a user passes, and returns them as lists."""

import collections
from collections.abc import Iterable, Iterator, Mapping, Set
from typing import Any

import numpy as np

from tf_vmfvae.text.words import normalize

# Messages show at most this many characters of a value.
SHOWN = 40


def as_texts(texts: Iterable[str], name: str = "texts") -> list[str]:
    """Returns texts as a list of strings, see `iterate_texts`.

    >>> as_texts(("profit rose", b"profit fell"))
    ['profit rose', 'profit fell']
    """
    return list(iterate_texts(texts, name))


def iterate_texts(texts: Iterable[str], name: str = "texts") -> Iterator[str]:
    """Returns an iterator over texts, which need not be in memory at once.

    Args:
        texts: a list, tuple, generator or other iterable of strings; an array, a
            pandas Series or an eager tensor of them. Bytes are decoded as UTF-8.
        name: name of the caller's argument, for error messages.

    Returns:
        The strings, in order.

    Raises:
        ValueError: at once, if `texts` is a single string, is unordered (a set or a
            dict) or has more than one axis; and when the iterator reaches an element
            that is not text. The message gives the element's position, and its label
            in a Series.

    >>> iterate_texts("profit rose")
    Traceback (most recent call last):
    ValueError: texts is one string: put it into a list, ['profit rose']
    >>> list(iterate_texts(["profit rose", None]))
    Traceback (most recent call last):
    ValueError: texts[1] is None: give a string, or leave it out
    """
    if isinstance(texts, (str, bytes, bytearray)):
        more = "" if len(texts) <= SHOWN else ", ..."
        raise ValueError(
            f"{name} is one string: put it into a list, [{texts[:SHOWN]!r}{more}]"
        )
    if isinstance(texts, (Mapping, Set)):
        raise ValueError(
            f"{name} is a {type(texts).__name__}, which is not a list: give a list of "
            "strings"
        )
    shape = getattr(texts, "shape", None)
    if shape is not None and len(shape) != 1:
        what = "one string" if len(shape) == 0 else f"of shape {tuple(shape)}"
        raise ValueError(f"{name} is {what}: give a flat list of strings")
    # Iterating over an array is faster than over a tensor.
    values = texts.numpy() if hasattr(texts, "numpy") else texts
    try:
        values = iter(values)
    except (TypeError, NotImplementedError):
        raise ValueError(f"{name} is {_shown(texts)}: give a list of strings") from None
    return (
        value
        if type(value) is str and value.isascii()
        else _string(value, name, position, texts)
        for position, value in enumerate(values)
    )


def as_text(text: str, name: str) -> str:
    """Returns one text as a string.

    Args:
        text: a string, or bytes, which are decoded as UTF-8.
        name: name of the caller's argument, for error messages.

    Raises:
        ValueError: `text` is not text.

    >>> as_text(3.5, "start")
    Traceback (most recent call last):
    ValueError: start is 3.5: give a string
    """
    found, problem = _read(text)
    if problem:
        raise ValueError(f"{name} {problem}: give a string")
    return found


def as_vocabulary(vocabulary: Iterable[str]) -> list[str]:
    """Returns the words of a vocabulary as a list.

    Args:
        vocabulary: a list, array or other iterable of words, as for `as_texts`.

    Raises:
        ValueError: a word is empty, is not text, or occurs twice (also if its accents
            are encoded differently). The message names it.

    >>> as_vocabulary(["ball", "goal", "ball"])
    Traceback (most recent call last):
    ValueError: vocabulary: 'ball' occurs twice; list each word once
    """
    words = as_texts(vocabulary, "vocabulary")
    if "" in words:
        raise ValueError(f"vocabulary[{words.index('')}] is empty: leave it out")
    counts = collections.Counter(map(normalize, words))
    for word, count in counts.items():
        if count > 1:
            raise ValueError(f"vocabulary: {word!r} occurs twice; list each word once")
    return words


def series_label(texts: Any, position: int) -> str:
    """Returns the label of a position in a pandas Series.

    Args:
        texts: what the user passed, a Series or anything else.
        position: position in it, from 0.

    Returns:
        "index" and the label, or an empty string if there is no label or it is the
        same as the position.

    >>> series_label(["a", "b"], 1)
    ''
    """
    # In a Series `index` holds the labels; in a list it is a method.
    index = getattr(texts, "index", None)
    if index is None or callable(index):
        return ""
    label = _plain(list(index)[position])
    is_position = isinstance(label, int) and label == position
    return "" if is_position else f"index {label!r}"


def _string(value, name, position, texts):
    found, problem = _read(value)
    if problem:
        label = series_label(texts, position)
        where = f"{name}[{position}]" + (f" ({label})" if label else "")
        raise ValueError(f"{where} {problem}: give a string, or leave it out")
    return found


def _read(value):
    """Returns the value as a string, or None and what is wrong with it."""
    value = _plain(value)
    if isinstance(value, (bytes, bytearray)):
        try:
            return value.decode("utf-8"), None
        except UnicodeDecodeError as error:
            return None, f"is not UTF-8 text (byte {error.start})"
    if not isinstance(value, str):
        return None, f"is {_shown(value)}"
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        return None, f"is not Unicode text (character {error.start} is half a pair)"
    # A plain `str`, also if it was a NumPy string: Keras saves those only.
    return str(value), None


def _plain(value):
    """Unpacks a scalar of an array, a tensor or an Arrow table."""
    if hasattr(value, "as_py"):
        return value.as_py()
    if hasattr(value, "numpy"):
        value = value.numpy()
    is_scalar = isinstance(value, (np.generic, np.ndarray)) and value.shape == ()
    return value.item() if is_scalar and value is not np.ma.masked else value


def _shown(value):
    text = " ".join(repr(value).split())
    return text if len(text) <= SHOWN else f"a {type(value).__name__}"
