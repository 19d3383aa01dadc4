"""The inputs of a batch: one tensor, or a dictionary of tensors with the same rows."""

import keras
import tensorflow as tf


def padded(inputs):
    """Returns the inputs with their ragged tensors padded with zeros.

    Args:
        inputs: a tensor, a ragged tensor, or a dictionary of these.

    >>> padded(tf.ragged.constant([[3, 2], [2]])).numpy().tolist()
    [[3, 2], [2, 0]]
    """
    return keras.tree.map_structure(
        lambda part: part.to_tensor() if isinstance(part, tf.RaggedTensor) else part,
        inputs,
    )


def unpadded_specs(inputs):
    """Returns the types of a model's inputs before they are padded.

    Args:
        inputs: the model's `keras.Input`, or a dictionary of these.

    >>> unpadded_specs(keras.Input((None,), dtype="int32"))
    RaggedTensorSpec(TensorShape([None, None]), tf.int32, 1, tf.int64)
    """

    def spec(part):
        if len(part.shape) == 1:
            return tf.TensorSpec(part.shape, part.dtype)
        return tf.RaggedTensorSpec(part.shape, tf.as_dtype(part.dtype), ragged_rank=1)

    return keras.tree.map_structure(spec, inputs)


def rows_of(inputs, start, end):
    """Returns the rows from `start` up to but not including `end`.

    >>> ids, label = tf.ragged.constant([[3, 2], [2]]), tf.constant([1, 0])
    >>> rows = rows_of({"ids": ids, "label": label}, 1, 2)
    >>> rows["ids"].to_list(), rows["label"].numpy().tolist()
    ([[2]], [0])
    """
    return keras.tree.map_structure(lambda part: part[start:end], inputs)


def count_rows(inputs):
    """Returns the number of rows, an int32 scalar tensor.

    >>> int(count_rows({"ids": tf.zeros([2, 5]), "label": tf.zeros([2])}))
    2
    """
    part = keras.tree.flatten(inputs)[0]
    if isinstance(part, tf.RaggedTensor):
        return part.nrows(tf.int32)
    return tf.shape(part)[0]
