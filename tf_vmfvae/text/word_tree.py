"""The words of a vocabulary as sequences of pieces, for use in graphs."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf


class WordTree:
    """A tree whose edges are pieces and whose nodes may end a word.

    Args:
        words: the pieces of each word, numbers from 1 to `pieces`.
        pieces: number of different pieces.

    Attributes:
        longest: number of pieces of the longest word.

    >>> tree = WordTree([[1], [1, 2, 3]], pieces=3)
    >>> ids = tree.find(tf.constant([[1, 2, 3, 1, 2, 0]]))
    >>> ids.numpy().tolist()
    [2, 0, 0, 1, 0, 0]
    """

    def __init__(self, words: Sequence[Sequence[int]], pieces: int):
        self.longest = max(map(len, words))
        self._pieces = pieces
        # The node of a first piece has the piece's number.
        nodes, word_of = {}, [0] * (pieces + 1)
        for number, word in enumerate(words, start=1):
            node = word[0]
            for piece in word[1:]:
                following = nodes.setdefault(self._key(node, piece), len(word_of))
                if following == len(word_of):
                    word_of.append(0)
                node = following
            word_of[node] = number
        self._keys = np.array(sorted(nodes), np.int64)
        self._nodes = np.array([nodes[key] for key in self._keys.tolist()], np.int32)
        self._word_of = np.array(word_of, np.int32)

    def find(self, spellings: tf.Tensor) -> tf.Tensor:
        """Finds the words of a text, from its start; if several match, the longest.

        Args:
            spellings: int32 `(spellings, length)`, the pieces of the text, 0 for an
                unknown one. If two spellings match words of the same length, the first
                counts.

        Returns:
            int32 `(length,)`, the number of the word, from 1, that starts there; 0
            where none does, or where an earlier word continues.
        """
        spellings = tf.unstack(spellings)
        found = [self._longest_words(spelling) for spelling in spellings]
        words, lengths = found[0]
        for other_words, other_lengths in found[1:]:
            is_longer = other_lengths > lengths
            words = tf.where(is_longer, other_words, words)
            lengths = tf.where(is_longer, other_lengths, lengths)
        if self.longest == 1:
            return words
        return tf.where(_visited(tf.maximum(lengths, 1)), words, 0)

    def _longest_words(self, pieces):
        """Returns the longest word from each position on, and its length, or 0."""
        words = tf.gather(self._word_of, pieces)
        lengths = tf.cast(words > 0, tf.int32)
        if self.longest == 1:
            return words, lengths
        count = tf.size(pieces)

        def go_on(step, places, nodes, words, lengths):
            inside = places + step < count
            places, nodes = (tf.boolean_mask(each, inside) for each in (places, nodes))
            keys = self._key(
                tf.cast(nodes, tf.int64),
                tf.cast(tf.gather(pieces, places + step), tf.int64),
            )
            index = tf.minimum(tf.searchsorted(self._keys, keys), len(self._keys) - 1)
            exists = tf.gather(self._keys, index) == keys
            places, index = (tf.boolean_mask(each, exists) for each in (places, index))
            nodes = tf.gather(self._nodes, index)
            ended = tf.gather(self._word_of, nodes)
            at = tf.boolean_mask(places, ended > 0)[:, None]
            ended = tf.boolean_mask(ended, ended > 0)
            words = tf.tensor_scatter_nd_update(words, at, ended)
            lengths = tf.tensor_scatter_nd_update(
                lengths, at, tf.fill(tf.shape(ended), step + 1)
            )
            return step + 1, places, nodes, words, lengths

        places = tf.boolean_mask(tf.range(count), pieces > 0)
        vector = tf.TensorShape([None])
        *_, words, lengths = tf.while_loop(
            lambda step, places, *_: (step < self.longest) & (tf.size(places) > 0),
            go_on,
            (tf.constant(1), places, tf.gather(pieces, places), words, lengths),
            shape_invariants=(tf.TensorShape([]), *[vector] * 4),
        )
        return words, lengths

    def _key(self, node, piece):
        return node * (self._pieces + 1) + piece


def _visited(steps):
    """Returns which positions are reached from 0 if each leads `steps` further.

    Args:
        steps: int32 `(length,)`, at least 1.
    """
    count = tf.size(steps)
    following = tf.minimum(tf.range(count) + steps, count)
    # A position that no step goes beyond is reached for certain. Only where words
    # overlap is there more to find out, and each round takes paths twice as long.
    beyond = tf.math.unsorted_segment_sum(
        tf.ones_like(steps), tf.range(1, count + 1), count + 1
    ) - tf.math.unsorted_segment_sum(tf.ones_like(steps), following, count + 1)
    reached = tf.cumsum(beyond) == 0

    def go_on(reached, following, _):
        targets = tf.boolean_mask(following, reached)[:, None]
        more = tf.tensor_scatter_nd_update(
            reached, targets, tf.ones_like(targets[:, 0], bool)
        )
        return more, tf.gather(following, following), tf.reduce_any(more != reached)

    vector = tf.TensorShape([None])
    reached, _, _ = tf.while_loop(
        lambda reached, following, is_new: is_new,
        go_on,
        (reached, tf.concat([following, [count]], 0), tf.constant(True)),
        shape_invariants=(vector, vector, tf.TensorShape([])),
    )
    return reached[:count]
