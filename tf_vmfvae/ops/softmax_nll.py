"""The NLL of a softmax over a large vocabulary, from features to gradients."""

import math

import tensorflow as tf

from tf_vmfvae.ops.streams import STREAMS

# With a smaller vocabulary, all logits fit into a processor's cache at once.
LARGE_VOCABULARY = 4_000
BLOCKS = 4


def softmax_nll(features, kernel, bias, classes, blocks: int | None = None):
    """Returns `-log softmax(features @ kernel' + bias)[classes]`, in nats.

    Equal to `plain_softmax_nll`, with its own gradient. The rows are taken in blocks
    with logits that stay in a processor's cache, and each block's part of the gradients
    is computed along with its value. The logits never exist all at once.

    On one core, value and gradients for 64 sentences of 24 words (vocabulary 10,000,
    embeddings of 100) take 442 ms; with TensorFlow's own operations they take 528 ms.
    A whole training step then takes 0.5 GiB of memory on top of an idle TensorFlow
    (docs/results/speed.md).

    The gradient computed along the way is that of the sum over rows, and so, up to a
    factor, that of a mean. If the loss gives rows different weights, the gradient is
    that of `plain_softmax_nll` and takes its time on top.

    Args:
        features: float tensor of shape `(n, width)`. Products are in its dtype.
        kernel: float tensor of shape `(classes, width)`, at least float32. Sums over
            rows are in its dtype.
        bias: float tensor of shape `(classes,)`, of the same dtype as `kernel`.
        classes: int32 tensor of shape `(n,)`; negative for padding.
        blocks: in how many blocks the rows are taken; by default it depends on the
            number of classes.

    Returns:
        A tensor of shape `(n,)` and the dtype of `bias`; 0 for padding.

    >>> features, kernel = tf.ones([2, 3]), tf.zeros([8, 3])
    >>> nll = softmax_nll(features, kernel, tf.zeros([8]), tf.constant([3, -1]))
    >>> [round(float(value), 4) for value in nll]  # log 8, and 0 for padding
    [2.0794, 0.0]
    """

    @tf.custom_gradient
    def nll_of(features, kernel, bias):
        nll, gradients = _nll_and_gradients(features, kernel, bias, classes, blocks)

        def gradient(upstream):
            def plain():
                with tf.GradientTape() as tape:
                    inputs = features, kernel, bias
                    tape.watch(inputs)
                    again = plain_softmax_nll(*inputs, classes)
                return tape.gradient(again, inputs, upstream)

            # The weights of padding do not matter.
            infinity = tf.constant(math.inf, upstream.dtype)
            largest = tf.reduce_max(tf.where(classes < 0, -infinity, upstream))
            least = tf.reduce_min(tf.where(classes < 0, infinity, upstream))

            def scaled():
                return tuple(tf.cast(least, x.dtype) * x for x in gradients)

            is_even, is_one = largest == least, (largest == 1) & (least == 1)
            return tf.switch_case(
                tf.cast(is_even, tf.int32) + tf.cast(is_one, tf.int32),
                [plain, scaled, lambda: gradients],
            )

        return nll, gradient

    return nll_of(features, kernel, bias)


def plain_softmax_nll(features, kernel, bias, classes):
    """Does what `softmax_nll` does, with TensorFlow's own operations."""
    is_word = classes >= 0
    nll = tf.nn.sparse_softmax_cross_entropy_with_logits(
        tf.where(is_word, classes, 0), logits(features, kernel, bias)
    )
    return tf.where(is_word, nll, 0.0)


def logits(features, kernel, bias):
    """Returns `features @ kernel' + bias`, `(n, classes)`, in the dtype of `bias`."""
    product = tf.matmul(features, tf.cast(kernel, features.dtype), transpose_b=True)
    return tf.cast(product, bias.dtype) + bias


def _nll_and_gradients(features, kernel, bias, classes, blocks):
    """Returns the NLL of each row, and the gradients of their sum."""
    if blocks is None:
        blocks = BLOCKS if kernel.shape[0] >= LARGE_VOCABULARY else 1
    size = (tf.shape(features)[0] + blocks - 1) // blocks
    narrow_kernel = tf.cast(kernel, features.dtype)
    parts = []
    for index in range(blocks):
        here = slice(index * size, (index + 1) * size)
        # More blocks at a time would not fit into the cache.
        earlier = parts[index - STREAMS] if index >= STREAMS else []
        with tf.control_dependencies(earlier):
            block = tf.identity(features[here])
        parts.append(_block(block, narrow_kernel, bias, classes[here]))
    nll, d_features, d_kernel, d_bias = zip(*parts, strict=True)
    nll, d_features = tf.concat(nll, 0), tf.concat(d_features, 0)
    # Each block's part is rounded once, their sum is not.
    d_kernel = tf.add_n([tf.cast(part, kernel.dtype) for part in d_kernel])
    d_bias = tf.add_n(d_bias)
    if _is_narrow(features, bias):
        return nll, (d_features, d_kernel, d_bias)
    # The gradient of a row's logits is their probability, minus 1 for the row's own
    # class. The 1 is subtracted here, from few entries.
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
    """Returns NLL and gradients of one block.

    If products are not narrow, the gradients lack the minus 1 of each row's own class.
    """
    scores = logits(features, kernel, bias)
    counted = tf.cast(classes >= 0, bias.dtype)
    rows = tf.range(tf.shape(classes)[0])
    entries = tf.stack([rows, tf.maximum(classes, 0)], axis=-1)
    picked = tf.gather_nd(scores, entries)
    largest = tf.reduce_max(scores, axis=-1, keepdims=True)
    unnormalised = tf.exp(scores - largest)
    total = tf.reduce_sum(unnormalised, axis=-1, keepdims=True)
    nll = counted * ((tf.math.log(total) + largest)[:, 0] - picked)
    if _is_narrow(features, bias):
        # Subtract before rounding: otherwise little would be left of the gradient of a
        # well-predicted word. This takes a copy, which float32 does not need.
        unnormalised = tf.tensor_scatter_nd_sub(unnormalised, entries, total[:, 0])
    # Dividing the rows of the small factors saves a pass over the large one.
    narrow = tf.cast(unnormalised, features.dtype)
    share = tf.cast(counted[:, tf.newaxis] / total, features.dtype)
    return (
        nll,
        tf.matmul(narrow, kernel) * share,
        tf.matmul(narrow, features * share, transpose_a=True),
        tf.cast(tf.linalg.matvec(narrow, share[:, 0], transpose_a=True), bias.dtype),
    )


def _is_narrow(features, bias):
    """Returns whether products have fewer digits than sums."""
    return features.dtype != bias.dtype
