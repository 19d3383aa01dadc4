"""The inputs of a batch: one tensor, or a dictionary of tensors with the same rows."""

from collections.abc import Mapping

import keras
import tensorflow as tf

# The entries of such a dictionary. With raw text in it, it has no ids yet.
IDS, TEXT, LABEL = "ids", "text", "label"


def split_text(x, needs_labels: bool, name: str = "x") -> tuple:
    """Separates raw texts from their labels.

    Args:
        x: texts of any kind, or a dictionary of `"text"` and, if labels are needed,
            `"label"`.
        needs_labels: whether there has to be a label for each text.
        name: name of the caller's argument, for error messages.

    Returns:
        The texts, the labels or `None`, and the name of the texts in error messages.

    Raises:
        ValueError: if an entry is missing, or there is one too many.

    >>> split_text({"text": ["profit rose"], "label": [1]}, needs_labels=True)
    (['profit rose'], [1], 'x["text"]')
    """
    labels = None
    wanted = f'{{"{TEXT}": texts, "{LABEL}": labels}}' if needs_labels else "the texts"
    if isinstance(x, Mapping):
        if TEXT not in x or not {*x} <= {TEXT, LABEL}:
            given = ", ".join(map(str, x))
            raise ValueError(f"{name} has entries called {given}: give {wanted}")
        labels, x, texts_name = x.get(LABEL), x[TEXT], f'{name}["{TEXT}"]'
    else:
        texts_name = name
    if needs_labels and labels is None:
        raise ValueError(f"{name} has no labels: give {wanted}")
    if not needs_labels and labels is not None:
        raise ValueError(
            f"{name} has labels, which the model does not read: give {wanted}"
        )
    return x, labels, texts_name


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
    # Of a ragged tensor, or of ids on disk.
    if hasattr(part, "nrows"):
        return part.nrows(tf.int32)
    return tf.shape(part)[0]
