"""Splits and normalises text in graphs.

Only TensorFlow's own operations are used, without tensorflow-text, so that TensorFlow
alone can serve a SavedModel.
"""

import tensorflow as tf

from tf_vmfvae.text.unicode_tables import (
    CASED,
    HANGUL,
    IGNORED,
    symbol_compositions,
    unicode_tables,
)

# White space that `str.split` splits at and `tf.strings.split` does not.
WIDE_SPACE = (
    r"[\x{1c}-\x{1f}\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}"
    r"\x{205f}\x{3000}]"
)
# In place of the third letter of a Korean syllable that has only two.
NO_LETTER = 0x11A7
CAPITAL_SIGMA, FINAL_SIGMA = ord("Σ"), ord("ς")


def split_at_white_space(texts: tf.Tensor) -> tf.RaggedTensor:
    r"""Splits texts as `str.split` does.

    Args:
        texts: strings, `(batch,)`.

    Returns:
        Strings, `(batch, None)`.

    >>> split_at_white_space(tf.constant(["a\u3000b c"])).to_list()
    [[b'a', b'b', b'c']]
    """
    return tf.strings.split(tf.strings.regex_replace(texts, WIDE_SPACE, " "))


@tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
def decompose(words):
    r"""Returns words in Unicode's normal form D, as they are and in lower case.

    Two spellings of a word are the same in form D exactly if they are the same in form
    C, and form D takes less work: characters are only decomposed.

    Args:
        words: strings, `(words,)`, without white space.

    Returns:
        Two string tensors of the same shape; the second is what `str.lower` gives, in
        form D.

    >>> as_it_is, lower = decompose(tf.constant(["\u00c9TUDE"]))
    >>> [text.decode() for text in lower.numpy()] == ["e\u0301tude"]
    True
    """
    ragged = tf.strings.unicode_decode(words, "UTF-8")
    codes, rows = ragged.flat_values, ragged.value_rowids()
    codes, rows = _sort_marks(*_decompose_characters(codes, rows))
    count = tf.size(words, tf.int64)
    return tuple(_encode(each, rows, count) for each in (codes, _lower(codes, rows)))


@tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
def compose_symbols(texts):
    r"""Returns texts with all but their words in Unicode's normal form C.

    The letters of words and the marks on them are in form D.

    Args:
        texts: strings, `(batch,)`.

    >>> found = compose_symbols(tf.constant(["\u00e9 =\u0338"]))
    >>> [text.decode() for text in found.numpy()] == ["e\u0301 \u2260"]
    True
    """
    ragged = tf.strings.unicode_decode(texts, "UTF-8")
    codes, rows = ragged.flat_values, ragged.value_rowids()
    codes, rows = _sort_marks(*_decompose_characters(codes, rows))
    codes, rows, _ = tf.while_loop(
        lambda codes, rows, composed: composed > 0,
        lambda codes, rows, composed: _compose_pairs(codes, rows),
        (codes, rows, tf.constant(1)),
        shape_invariants=(*[tf.TensorShape([None])] * 2, tf.TensorShape([])),
    )
    return _encode(codes, rows, tf.size(texts, tf.int64))


def _encode(codes, rows, count):
    """Returns the string of each row of characters."""
    ragged = tf.RaggedTensor.from_value_rowids(codes, rows, count, validate=False)
    return tf.strings.unicode_encode(ragged, "UTF-8")


def _decompose_characters(codes, rows):
    """Replaces each character by its canonical decomposition, if it has one."""
    tables = unicode_tables()
    index, found = _find(tables.decomposing, codes)
    starts = tf.gather(tables.part_splits, index)
    ends = tf.gather(tables.part_splits, index + 1)
    is_hangul, letters = _hangul_letters(codes)
    lengths = tf.where(found, ends - starts, 1)
    lengths = tf.where(is_hangul, tf.where(letters[:, 2] == NO_LETTER, 2, 3), lengths)
    source = tf.repeat(tf.range(tf.size(codes)), lengths)
    first = tf.gather(tf.cumsum(lengths, exclusive=True), source)
    number = tf.range(tf.size(source)) - first
    part = tf.gather(starts, source) + number
    parts = tf.gather(tables.parts, tf.minimum(part, len(tables.parts) - 1))
    letter = tf.gather_nd(letters, tf.stack([source, tf.minimum(number, 2)], axis=1))
    codes = tf.where(tf.gather(found, source), parts, tf.gather(codes, source))
    codes = tf.where(tf.gather(is_hangul, source), letter, codes)
    return codes, tf.gather(rows, source)


def _hangul_letters(codes):
    """Returns which characters are Korean syllables, and the letters of each."""
    syllable = codes - HANGUL.start
    first, vowel, last = syllable // (21 * 28), syllable // 28 % 21, syllable % 28
    letters = tf.stack([0x1100 + first, 0x1161 + vowel, NO_LETTER + last], axis=1)
    return (codes >= HANGUL.start) & (codes < HANGUL.stop), letters


def _sort_marks(codes, rows):
    """Sorts the marks on each letter by their combining class."""
    order, is_first = _combining_classes(codes), _is_first(rows)
    letter = tf.cumsum(tf.cast((order == 0) | is_first, tf.int64))
    # The highest class is 240.
    key = letter * 256 + tf.cast(order, tf.int64)
    return tf.gather(codes, tf.argsort(key, stable=True)), rows


def _combining_classes(codes):
    tables = unicode_tables()
    index, found = _find(tables.combining, codes)
    return tf.where(found, tf.gather(tables.combining_classes, index), 0)


def _is_first(rows):
    """Returns whether each position is the first of its row; rows are sorted."""
    return tf.concat([tf.ones_like(rows[:1], bool), rows[1:] != rows[:-1]], 0)


def _compose_pairs(codes, rows):
    """Composes each symbol with the next mark that it forms a pair with.

    Args:
        codes: decomposed characters with their marks sorted.
        rows: the row of each.

    Returns:
        The characters, their rows, and the number of pairs.
    """
    pairs = symbol_compositions()
    order, is_first = _combining_classes(codes), _is_first(rows)
    is_start = (order == 0) | is_first
    starts = tf.cast(tf.where(is_start)[:, 0], tf.int32)
    place = tf.range(tf.size(codes))
    earlier = tf.maximum(place - 1, 0)
    # The last character before each that is not a mark with a class.
    base = tf.gather(starts, tf.cumsum(tf.cast(is_start, tf.int32)) - 1)
    base = tf.gather(base, earlier)
    # Another mark between them, of the same or a higher class, keeps two apart.
    is_next = (base == earlier) | (tf.gather(order, earlier) < order)
    keys = tf.cast(tf.gather(codes, base), tf.int64) * 2**21 + tf.cast(codes, tf.int64)
    index, found = _find(pairs.keys, keys)
    found &= is_next & ~is_first
    found &= ~tf.gather(found, base)
    second = tf.boolean_mask(place, found)
    second = tf.boolean_mask(second, _is_first(tf.gather(base, second)))
    to = tf.gather(base, second)[:, None]
    composed = tf.gather(pairs.composed, tf.gather(index, second))
    codes = tf.tensor_scatter_nd_update(codes, to, composed)
    kept = tf.tensor_scatter_nd_update(
        tf.ones_like(codes, bool), second[:, None], tf.zeros_like(second, bool)
    )
    return *(tf.boolean_mask(each, kept) for each in (codes, rows)), tf.size(second)


def _lower(codes, rows):
    """Returns the lower case by Python's rules; the characters are decomposed."""
    tables = unicode_tables()
    kind = tf.gather(
        tables.kinds, tf.searchsorted(tables.kind_starts, codes, side="right") - 1
    )
    index, found = _find(tables.capitals, codes)
    lower = tf.where(found, tf.gather(tables.small, index), codes)
    # A capital sigma is final if a cased letter precedes it and none follows, not
    # counting characters of the kind IGNORED.
    counted = tf.where(kind != IGNORED)
    row, cased = (tf.gather_nd(each, counted) for each in (rows, kind == CASED))
    together = row[1:] == row[:-1]
    never = tf.zeros_like(row[:1], bool)
    after_cased = tf.concat([never, cased[:-1] & together], 0)
    before_cased = tf.concat([cased[1:] & together, never], 0)
    is_capital_sigma = tf.gather_nd(codes, counted) == CAPITAL_SIGMA
    final = tf.boolean_mask(counted, is_capital_sigma & after_cased & ~before_cased)
    return tf.tensor_scatter_nd_update(
        lower, final, tf.fill(tf.shape(final)[:1], FINAL_SIGMA)
    )


def _find(keys, codes):
    """Returns the position of each code in sorted keys, and whether it is there."""
    index = tf.minimum(tf.searchsorted(keys, codes), len(keys) - 1)
    return index, tf.gather(keys, index) == codes
