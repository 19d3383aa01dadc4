"""The loss of a softmax over a large vocabulary, from features to gradients."""

import math

import tensorflow as tf

from tf_vmfvae.ops.streams import STREAMS

# Of a small vocabulary all logits fit into a processor's cache at once.
LARGE_VOCABULARY = 4_000
BLOCKS = 4


def softmax_nll(features, kernel, bias, classes):
    """Returns `-log softmax(features @ kernel' + bias)[classes]`, in nats.

    Equal to `plain_softmax_nll`, with a gradient of its own. The logits never exist
    all at once: the rows are taken in blocks whose logits stay in a processor's cache,
    and each block's share of the gradients is there before the next block begins.
    That is the gradient of the sum over rows, which is what a loss asks for, up to a
    factor. Where rows weigh differently, the gradient is the plain one, and takes the
    products of both.

    Args:
        features: float tensor of shape `(n, width)`. Products are in its dtype.
        kernel: float tensor of shape `(classes, width)`, of float32 at least: sums of
            its gradient are in its dtype.
        bias: float tensor of shape `(classes,)`, of the same dtype.
        classes: int32 tensor of shape `(n,)`; negative for padding.

    Returns:
        A tensor of shape `(n,)` of the dtype of `bias`; 0 for padding.

    >>> features, kernel = tf.ones([2, 3]), tf.zeros([8, 3])
    >>> nll = softmax_nll(features, kernel, tf.zeros([8]), tf.constant([3, -1]))
    >>> [round(float(value), 4) for value in nll]  # log 8, and nothing for padding
    [2.0794, 0.0]
    """

    @tf.custom_gradient
    def nll_of(features, kernel, bias):
        nll, slopes = _nll_and_slopes(features, kernel, bias, classes)

        def gradient(upstream):
            def plain():
                with tf.GradientTape() as tape:
                    inputs = features, kernel, bias
                    tape.watch(inputs)
                    again = plain_softmax_nll(*inputs, classes)
                return tape.gradient(again, inputs, upstream)

            # What arrives at padding does not matter.
            infinity = tf.constant(math.inf, upstream.dtype)
            largest = tf.reduce_max(tf.where(classes < 0, -infinity, upstream))
            least = tf.reduce_min(tf.where(classes < 0, infinity, upstream))

            def scaled():
                return tuple(tf.cast(least, x.dtype) * x for x in slopes)

            is_even, is_one = largest == least, (largest == 1) & (least == 1)
            return tf.switch_case(
                tf.cast(is_even, tf.int32) + tf.cast(is_one, tf.int32),
                [plain, scaled, lambda: slopes],
            )

        return nll, gradient

    return nll_of(features, kernel, bias)


def plain_softmax_nll(features, kernel, bias, classes):
    """As `softmax_nll`, by TensorFlow's own operations: the reference."""
    logits = tf.matmul(features, tf.cast(kernel, features.dtype), transpose_b=True)
    logits = tf.cast(logits, bias.dtype) + bias
    is_word = classes >= 0
    nll = tf.nn.sparse_softmax_cross_entropy_with_logits(
        tf.where(is_word, classes, 0), logits
    )
    return tf.where(is_word, nll, 0.0)


def _nll_and_slopes(features, kernel, bias, classes):
    """The loss of each row; the gradients of their sum in the other arguments."""
    blocks = BLOCKS if kernel.shape[0] >= LARGE_VOCABULARY else 1
    size = (tf.shape(features)[0] + blocks - 1) // blocks
    narrow_kernel = tf.cast(kernel, features.dtype)
    parts = []
    for index in range(blocks):
        here = slice(index * size, (index + 1) * size)
        # So many at a time and no more: they would not fit into the cache.
        earlier = parts[index - STREAMS] if index >= STREAMS else []
        with tf.control_dependencies(earlier):
            block = tf.identity(features[here])
        parts.append(_block(block, narrow_kernel, bias, classes[here]))
    nll, d_features, d_kernel, d_bias = zip(*parts, strict=True)
    nll, d_features = tf.concat(nll, 0), tf.concat(d_features, 0)
    # The blocks' shares are rounded once, their sum is not.
    d_kernel = tf.add_n([tf.cast(part, kernel.dtype) for part in d_kernel])
    d_bias = tf.add_n(d_bias)
    if _is_narrow(features, bias):
        return nll, (d_features, d_kernel, d_bias)
    # The classes' own share of the slope, `probability - 1`, concerns few entries.
    counted = tf.cast(classes >= 0, bias.dtype)
    column = counted[:, tf.newaxis]
    classes = tf.maximum(classes, 0)
    rows = classes[:, tf.newaxis]
    return nll, (
        d_features - column * tf.gather(kernel, classes),
        tf.tensor_scatter_nd_sub(d_kernel, rows, column * features),
        tf.tensor_scatter_nd_sub(d_bias, rows, counted),
    )


def _block(features, kernel, bias, classes):
    """As `_nll_and_slopes`, for one block; the classes' own share only if narrow."""
    logits = tf.matmul(features, kernel, transpose_b=True)
    logits = tf.cast(logits, bias.dtype) + bias
    counted = tf.cast(classes >= 0, bias.dtype)
    rows = tf.range(tf.shape(classes)[0])
    entries = tf.stack([rows, tf.maximum(classes, 0)], axis=-1)
    picked = tf.gather_nd(logits, entries)
    largest = tf.reduce_max(logits, axis=-1, keepdims=True)
    slope = tf.exp(logits - largest)
    total = tf.reduce_sum(slope, axis=-1, keepdims=True)
    nll = counted * ((tf.math.log(total) + largest)[:, 0] - picked)
    if _is_narrow(features, bias):
        # Before anything is rounded: of the slope of a word foretold well little would
        # be left after. It takes a copy, which float32 can do without.
        slope = tf.tensor_scatter_nd_sub(slope, entries, total[:, 0])
    # Dividing rows of the small factors spares a pass over the large one.
    narrow = tf.cast(slope, features.dtype)
    share = tf.cast(counted[:, tf.newaxis] / total, features.dtype)
    return (
        nll,
        tf.matmul(narrow, kernel) * share,
        tf.matmul(narrow, features * share, transpose_a=True),
        tf.cast(tf.linalg.matvec(narrow, share[:, 0], transpose_a=True), bias.dtype),
    )


def _is_narrow(features, bias):
    """Whether products have fewer digits than sums."""
    return features.dtype != bias.dtype
