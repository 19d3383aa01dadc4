"""The adaptive softmax: a softmax over frequent words and tails, and one per tail."""

import tensorflow as tf

from tf_vmfvae.ops.forward_softmax_nll import forward_softmax_nll
from tf_vmfvae.ops.softmax_nll import BLOCKS, logits, softmax_nll
from tf_vmfvae.ops.tf_internals import is_compiled_by_xla

# The head is split even if it is small, so that both streams have work. A tail has few
# rows, and with more blocks its kernel's gradient would be written several times.
HEAD_BLOCKS = BLOCKS
TAIL_BLOCKS = 1


def adaptive_softmax_nll(features, head, tails, classes, training: bool):
    """Returns `-log p(class)` in nats under an adaptive softmax (Grave et al. 2017).

    Classes are numbered through: first those of the head, then those of each tail.
    `p(class)` is the head's softmax for its own classes; for the others it is the
    head's softmax for the tail times the tail's softmax. Only rows with a class in a
    tail are multiplied with that tail's kernel, except under XLA, which multiplies all.

    Args:
        features: float tensor of shape `(n, width)`. Products are in its dtype.
        head: kernel, `(classes + tails, width)`, and bias, `(classes + tails,)`, of the
            head: a row for each of its classes, then one for each tail.
        tails: projection, `(width, narrow)`, kernel, `(classes, narrow)`, and bias,
            `(classes,)`, of each tail. If the projection is `None`, `narrow` is the
            width.
        classes: int32 tensor of shape `(n,)`; negative for padding.
        training: whether gradients are computed along with the values (`softmax_nll`).

    Returns:
        A tensor of shape `(n,)` and the dtype of the biases; 0 for padding.

    >>> features, zeros = tf.ones([3, 2]), tf.zeros
    >>> head, tail = (zeros([4, 2]), zeros([4])), (None, zeros([3, 2]), zeros([3]))
    >>> classes = tf.constant([1, 4, -1])
    >>> nll = adaptive_softmax_nll(features, head, [tail], classes, training=True)
    >>> [round(float(value), 4) for value in nll]  # log 4, log 4 + log 3, padding
    [1.3863, 2.4849, 0.0]
    """
    start = frequent = head[0].shape[0] - len(tails)
    head_classes, added = tf.minimum(classes, frequent), []
    for index, tail in enumerate(tails):
        end = start + tail[1].shape[0]
        head_classes = tf.where(classes >= end, frequent + index + 1, head_classes)
        is_own = (classes >= start) & (classes < end)
        added.append(_tail_nll(features, tail, classes - start, is_own, training))
        start = end
    total = _nll(features, *head, head_classes, HEAD_BLOCKS, training)
    for add in added:
        total = add(total)
    return total


def _tail_nll(features, tail, classes, is_own, training):
    """Returns a function that adds the NLL of a tail's own rows to a total."""
    projection, kernel, bias = tail
    if is_compiled_by_xla():
        # XLA needs to know the number of rows. All rows take part, and those of other
        # clusters count as padding.
        own_classes = tf.where(is_own, classes, -1)
        own = _projected(features, projection)
        nll = _nll(own, kernel, bias, own_classes, HEAD_BLOCKS, training)
        return lambda total: total + nll
    rows = tf.where(is_own)
    own = _projected(tf.gather_nd(features, rows), projection)
    own_classes = tf.gather_nd(classes, rows)
    nll = _nll(own, kernel, bias, own_classes, TAIL_BLOCKS, training)
    return lambda total: tf.tensor_scatter_nd_add(total, rows, nll)


def adaptive_log_softmax(features, head, tails):
    """Returns the log-probabilities of all classes, `(n, classes)`.

    Args:
        features: as for `adaptive_softmax_nll`.
        head: likewise.
        tails: likewise.

    >>> features, zeros = tf.ones([1, 2]), tf.zeros
    >>> head, tail = (zeros([2, 2]), zeros([2])), (None, zeros([3, 2]), zeros([3]))
    >>> log_p = adaptive_log_softmax(features, head, [tail])
    >>> log_p.shape, round(float(tf.reduce_sum(tf.exp(log_p))), 4)
    (TensorShape([1, 4]), 1.0)
    """
    first = tf.nn.log_softmax(logits(features, *head))
    frequent = first.shape[-1] - len(tails)
    parts = [first[:, :frequent]]
    for index, (projection, kernel, bias) in enumerate(tails):
        own = tf.nn.log_softmax(logits(_projected(features, projection), kernel, bias))
        parts.append(own + first[:, frequent + index, tf.newaxis])
    return tf.concat(parts, axis=-1)


def _nll(features, kernel, bias, classes, blocks, training):
    if training:
        return softmax_nll(features, kernel, bias, classes, blocks)
    return forward_softmax_nll(features, kernel, bias, classes)


def _projected(features, projection):
    if projection is None:
        return features
    return features @ tf.cast(projection, features.dtype)
