"""Reads the data that `fit`, `evaluate` and `predict` are given."""

import itertools
from collections.abc import Iterable, Mapping, Sized

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae.ops.batch_inputs import LABEL, count_rows, padded

EMPTY = "x is empty: give at least one example"


class InputReader:
    """Turns a user's `x` into what the model reads, and refuses anything else.

    Raw text goes through `model.preprocessor`. Texts in memory are read once, before
    training, and stay ragged where that is possible, so that each batch is padded to
    its own longest text.

    Args:
        model: `UnsupervisedModel`.
    """

    def __init__(self, model):
        self._model = model

    def arrays(self, x):
        """Returns the inputs of many examples, for Keras to cut into batches.

        Raises:
            ValueError: if `x` is neither text nor inputs of the model, or is empty.
        """
        if not has_text(x):
            return self._checked(padded(x))
        self._check_preprocessor()
        # A function of the user's own pads.
        read = getattr(self._model.preprocessor, "unpadded", self._model.preprocessor)
        inputs = read(x)
        if not int(count_rows(inputs)):
            raise ValueError(EMPTY)
        # Neither XLA nor a strategy with several replicas takes ragged batches.
        replicas = self._model.distribute_strategy.num_replicas_in_sync
        if replicas > 1 or self._model.jit_compile:
            return padded(inputs)
        return inputs

    def batch(self, x):
        """Returns the inputs of one batch.

        Raises:
            ValueError: as `arrays`.
        """
        return padded(self.arrays(x))

    def dataset(self, dataset: tf.data.Dataset) -> tf.data.Dataset:
        """Returns a data set of batches `x`, or of tuples that begin with `x`.

        Raises:
            ValueError: if its elements are neither batches of text nor inputs of the
                model.
        """
        spec, _, _ = keras.utils.unpack_x_y_sample_weight(dataset.element_spec)
        if has_text(spec):
            self._check_preprocessor()
            read = self._model.preprocessor
        else:
            for leaf in keras.tree.flatten(spec):
                _check_dtype(leaf)
            self._check_entries(spec)
            if not self._model.num_labels:
                return dataset
            read = self._model.with_checked_labels

        # As Python, so that an error in it is shown as it is.
        @tf.autograph.experimental.do_not_convert
        def read_first(x, *others):
            return (read(x), *others) if others else read(x)

        return dataset.map(read_first, num_parallel_calls=tf.data.AUTOTUNE).prefetch(
            tf.data.AUTOTUNE
        )

    def in_step(self, inputs):
        """Returns the inputs of one batch, padded, within a training step.

        Raises:
            ValueError: if they are not those of the model.
        """
        self._check_entries(inputs)
        # Eagerly, Keras leaves the arrays of a single batch as they are.
        flat = [tf.convert_to_tensor(x) for x in keras.tree.flatten(padded(inputs))]
        self._check_shapes(flat)
        # Keras's layers need to know the rank, which the data set of a generator may
        # lack.
        flat = [
            rows if rows.shape.rank else tf.ensure_shape(rows, expected.shape)
            for rows, expected in zip(flat, self._model.inputs, strict=True)
        ]
        return keras.tree.pack_sequence_as(self._model.input, flat)

    def _checked(self, inputs):
        if inputs is None:
            raise ValueError("x: give the inputs")
        if isinstance(inputs, Mapping):
            inputs = {
                name: np.asarray(part) if isinstance(part, list | tuple) else part
                for name, part in inputs.items()
            }
        flat = keras.tree.flatten(inputs)
        if not flat or 0 in np.shape(flat[0])[:1]:
            raise ValueError(EMPTY)
        self._check_entries(inputs)
        _check_whole(flat[0])
        # A graph that was traced for unknown shapes would not say what is wrong.
        self._check_shapes([part for part in flat if hasattr(part, "shape")])
        return self._model.with_checked_labels(inputs)

    def _check_shapes(self, flat):
        """Checks the shapes of inputs, of which the number of examples may be any."""
        for rows, expected in zip(flat, self._model.inputs, strict=False):
            if not tf.TensorShape(rows.shape).is_compatible_with(expected.shape):
                raise ValueError(
                    f"x has batches of the shape {tuple(rows.shape)}: they must have "
                    f"the shape {tuple(expected.shape)}, with the examples first"
                )

    def _check_entries(self, inputs):
        """Checks that the inputs are one tensor, or the dictionary of the model."""
        expected, count = self._model.input, len(keras.tree.flatten(inputs))
        if isinstance(expected, dict):
            if isinstance(inputs, Mapping):
                if {*inputs} == {*expected}:
                    return
                given = f"has entries called {', '.join(map(str, inputs))}"
            else:
                given = "is one array" if count == 1 else f"has {count} arrays"
            entries = ", ".join(f'"{name}": {name}' for name in expected)
            raise ValueError(
                f"x {given}: the model reads labels, so give {{{entries}}}"
            )
        if isinstance(inputs, Mapping) and LABEL in inputs:
            raise ValueError(
                f'x has the entry "{LABEL}", but the model reads no labels: leave it '
                "out"
            )
        if count != 1:
            raise ValueError(f"x: give one array of inputs, not {count}")

    def _check_preprocessor(self):
        if self._model.preprocessor is None:
            raise ValueError(
                "x is text, but model.preprocessor is None, so the model reads ids: "
                "make them with model.to_ids, or with tf_vmfvae.data.DocumentBatches "
                "for documents"
            )


def has_text(x) -> bool:
    """Returns whether there is text in a user's data, or in a data set's specs.

    >>> has_text(["profit rose"]), has_text({"text": np.array(["a"])}), has_text([3])
    (True, True, False)
    """
    if isinstance(x, str | bytes | bytearray):
        return True
    if isinstance(x, Mapping):
        return any(map(has_text, x.values()))
    dtype = getattr(x, "dtype", None)
    if dtype is None:
        # A table has two axes; iterating over it would give the names of its columns.
        is_list = isinstance(x, Iterable) and isinstance(x, Sized)
        if not is_list or len(getattr(x, "shape", "1")) != 1:
            return False
        # The first element may be a list or an array itself.
        has_strings = any(isinstance(value, str | bytes | bytearray) for value in x)
        return has_strings or any(map(has_text, itertools.islice(x, 1)))
    dtype = getattr(dtype, "as_numpy_dtype", dtype)
    try:
        return np.dtype(dtype).kind in "USO"
    except TypeError:  # A dtype of pandas.
        return "str" in str(dtype)


def _check_whole(rows):
    """Refuses an array that cannot hold ids and counts."""
    if not hasattr(rows, "dtype"):
        return
    rows = np.asarray(rows)
    is_wrong = rows < 0
    if rows.dtype.kind == "f":
        is_wrong |= rows != np.floor(rows)
    if is_wrong.any():
        raise ValueError(
            f"x holds {rows[is_wrong][0]}: ids and counts are whole numbers of at "
            "least 0"
        )


def _check_dtype(spec):
    dtype = getattr(spec, "dtype", None)
    if dtype is not None and not dtype.is_integer:
        raise ValueError(
            f"x: the data set has {dtype.name} elements: give texts, or ids and "
            "counts, which are whole numbers"
        )
