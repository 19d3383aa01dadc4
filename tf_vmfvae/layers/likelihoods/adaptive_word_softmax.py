"""The softmax over a large vocabulary, in two steps: cluster, then word."""

import itertools
import operator
from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae.layers.likelihoods.word_softmax import WordSoftmax
from tf_vmfvae.ops.adaptive_softmax import adaptive_log_softmax, adaptive_softmax_nll

# Each tail is this many times as narrow as the one before (Grave et al. 2017).
NARROWING = 4


@keras.saving.register_keras_serializable(package="tf_vmfvae")
class AdaptiveWordSoftmax(WordSoftmax):
    """The adaptive softmax of Grave et al. (2017), for large vocabularies.

    The vocabulary is cut into a head of frequent words and one or more tails of rarer
    ones. A softmax over the words of the head and over the tails comes first; if it is
    a tail, a softmax over that tail's words follows. So `log p(word)` is exact and
    sums to one over the vocabulary, as under `WordSoftmax`, but only the few features
    whose word is in a tail pay for the logits of that tail. With 50,000 words a
    training step is more than six times as fast (docs/results/speed.md).
    `tf_vmfvae.layers.softmax_cutoffs` chooses the cutoffs.

    Without an embedding, features are projected to a quarter of their width before the
    first tail's logits, to a sixteenth before the second's, and so on. With one, the
    head and the tails use its rows in full width, and only the logits of the tails
    themselves have weights of their own.

    Args:
        vocabulary_size: int. Number of words, without padding.
        cutoffs: increasing sequence of ints. The head ends after word `cutoffs[0]`, the
            first tail after word `cutoffs[1]`, and so on; the last tail ends with the
            vocabulary. Words are meant to be in the order of their frequency, as
            those of `tf_vmfvae.data` are; any order is exact.
        embedding: as for `WordSoftmax`.
        kernel_initializer: initializer of the layer's own kernels and projections.
        **kwargs: other arguments of `keras.layers.Layer`.

    Call arguments:
        features: float tensor of shape `(batch, time, width)`.
        targets: int32 ids of shape `(batch, time)`, or `None`.

    Returns:
        Without targets, the log-probabilities of all words, `(batch, time,
        vocabulary_size)`; entry `i` belongs to id `i + 1`. With targets, `-log
        p(target)` in nats, `(batch, time)`, and 0 where the target is padding.

    Raises:
        ValueError: if `cutoffs` do not increase, or leave the head or a tail empty.

    Example:
    >>> import numpy as np
    >>> import tf_vmfvae
    >>> softmax = tf_vmfvae.layers.AdaptiveWordSoftmax(
    ...     6, cutoffs=[3], kernel_initializer="zeros"
    ... )
    >>> features = np.ones((1, 3, 4), "float32")
    >>> nll = softmax(features, np.array([[2, 5, 0]], "int32"))
    >>> [round(float(value), 4) for value in nll[0]]  # log 4, log 4 + log 3, padding
    [1.3863, 2.4849, 0.0]
    """

    def __init__(
        self,
        vocabulary_size: int,
        cutoffs: Sequence[int],
        embedding: keras.layers.Embedding | None = None,
        kernel_initializer: str = "glorot_uniform",
        **kwargs,
    ):
        super().__init__(vocabulary_size, embedding, kernel_initializer, **kwargs)
        self.cutoffs = check_cutoffs("cutoffs", cutoffs, vocabulary_size)
        ends = [*self.cutoffs, vocabulary_size]
        self._sizes = [end - start for start, end in itertools.pairwise(ends)]

    def build(self, features_shape, targets_shape=None):
        width, tails = features_shape[-1], len(self._sizes)

        def weight(name, *shape, initializer=self.kernel_initializer):
            return self.add_weight(
                shape=shape, initializer=initializer, autocast=False, name=name
            )

        rows = tails if self.embedding is not None else self.cutoffs[0] + tails
        # A row for each tail, and without an embedding one for each word of the head.
        self.head_kernel = weight("head_kernel", rows, width)
        self.tail_projections, self.tail_kernels = [], []
        if self.embedding is None:
            for index, size in enumerate(self._sizes):
                narrow = tail_width(width, index)
                name = f"tail_{index}"
                projection = weight(f"{name}_projection", width, narrow)
                self.tail_projections.append(projection)
                self.tail_kernels.append(weight(f"{name}_kernel", size, narrow))
        elif not self.embedding.built:
            self.embedding.build()
        # Words of the head, tails, words of the tails.
        self.bias = weight("bias", self.vocabulary_size + tails, initializer="zeros")
        keras.layers.Layer.build(self, features_shape)

    def _log_shares(self, counts):
        head, *tails = np.split(counts, self.cutoffs)
        # In the head, a tail is as frequent as its words together.
        parts = [np.concatenate([head, [tail.sum() for tail in tails]]), *tails]
        return np.concatenate([np.log(part / part.sum()) for part in parts])

    def _logits(self, features):
        return adaptive_log_softmax(features, *self._head_and_tails())

    def _nll(self, features, ids, training):
        # Padding becomes -1.
        head, tails = self._head_and_tails()
        return adaptive_softmax_nll(features, head, tails, ids - 1, training)

    def _head_and_tails(self):
        """Returns kernel and bias of the head; projection, kernel, bias of each tail.

        Splitting instead of slicing costs nothing, and its gradient is one
        concatenation.
        """
        count = len(self._sizes)
        sizes = [self.cutoffs[0] + count, *self._sizes]
        head_bias, *biases = tf.split(tf.convert_to_tensor(self.bias), sizes)
        head_kernel = tf.convert_to_tensor(self.head_kernel)
        if self.embedding is None:
            projections = map(tf.convert_to_tensor, self.tail_projections)
            kernels = map(tf.convert_to_tensor, self.tail_kernels)
        else:
            table = tf.convert_to_tensor(self.embedding.embeddings)
            _, words, *kernels = tf.split(table, [1, self.cutoffs[0], *self._sizes])
            head_kernel = tf.concat([words, head_kernel], axis=0)
            projections = [None] * count
        tails = list(zip(projections, kernels, biases, strict=True))
        return (head_kernel, head_bias), tails

    def get_config(self):
        return {**super().get_config(), "cutoffs": self.cutoffs}


def check_cutoffs(name: str, cutoffs: Sequence[int], vocabulary_size: int) -> list[int]:
    """Returns the cutoffs as a list of ints.

    Raises:
        ValueError: if they do not give a head and one or more tails, none of them
            empty; the message begins with `name`.

    >>> check_cutoffs("cutoffs", (2, 5), 6)
    [2, 5]
    """
    try:
        found = [operator.index(cutoff) for cutoff in cutoffs]
    except TypeError:
        found = []
    ends = [0, *found, vocabulary_size]
    if not found or any(start >= end for start, end in itertools.pairwise(ends)):
        raise ValueError(
            f"{name} is {cutoffs!r}: give a sequence of increasing whole numbers, each "
            f"at least 1 and below {vocabulary_size}, the number of words"
        )
    return found


def tail_width(width: int, index: int) -> int:
    """Returns the width to which features are projected for a tail without embedding.

    >>> tail_width(400, 0), tail_width(400, 2), tail_width(3, 0)
    (100, 6, 1)
    """
    return max(1, width // NARROWING ** (index + 1))
