"""Checks of the arguments of `fit` and `evaluate` for models without targets."""

import functools
import inspect
import math

import keras
import numpy as np
import tensorflow as tf

from tf_vmfvae.models.input_reader import InputReader
from tf_vmfvae.models.weighted_batches import WeightedBatches, no_target


def check_no_target(target) -> None:
    """Refuses targets, because a model's target is its own input.

    Args:
        target: Keras's `y`, or its `tf.TensorSpec`.

    Raises:
        ValueError: if there is a target.
    """
    if all(_is_none(leaf) for leaf in keras.tree.flatten(target)):
        return
    raise ValueError(
        "y: the model's target is its own input, so leave y out; give weights of "
        "examples as sample_weight, or as the third part of (inputs, None, weights)"
    )


def has_parts(data) -> bool:
    """Returns whether data are inputs, targets and weights, not the inputs alone.

    >>> has_parts((["profit rose"], None, [2.0])), has_parts(["profit rose", "rose"])
    (True, False)
    """
    is_list = isinstance(data, list | tuple)
    return is_list and not any(isinstance(part, str | bytes) for part in data)


def read_data(reader: InputReader, data):
    """Returns data of any kind that Keras takes, with the model's inputs in it.

    Args:
        reader: the model's `InputReader`.
        data: arrays or texts, or batches of any kind, which may be tuples that begin
            with the inputs.

    Raises:
        ValueError: if the inputs are not those of the model.
    """
    if isinstance(data, tf.data.Dataset):
        return reader.dataset(data)
    if isinstance(data, keras.utils.PyDataset):
        return WeightedBatches(data, functools.partial(_read_batch, reader))
    if inspect.isgenerator(data):
        return _each(functools.partial(_read_batch, reader), data)
    return reader.arrays(data)


def checked(reader: InputReader, data, target=None, sample_weight=None) -> tuple:
    """Checks `x`, `y` and `sample_weight` before training begins.

    Args:
        reader: the model's `InputReader`.
        data: arrays or texts, or batches of any kind.
        target: `None`.
        sample_weight: one weight for each example, or `None`.

    Returns:
        The three arguments in a form in which Keras uses all weights.

    Raises:
        ValueError: if there is a target, not one weight for each example, or the
            inputs are not those of the model.
    """
    check_no_target(target)
    if isinstance(data, tf.data.Dataset):
        return _checked_dataset(reader.dataset(data)), target, sample_weight
    check_batch = functools.partial(checked_batch, reader)
    if isinstance(data, keras.utils.PyDataset):
        return WeightedBatches(data, check_batch), target, sample_weight
    if inspect.isgenerator(data):
        return _each(check_batch, data), target, sample_weight
    data = reader.arrays(data)
    rows = keras.tree.flatten(data)[0]
    if sample_weight is None or not hasattr(rows, "shape"):
        return data, target, sample_weight
    count = rows.shape[0]
    # Keras ignores the weights of arrays without targets.
    return data, no_target(count), _checked_weights(sample_weight, count)


def checked_batch(reader: InputReader, batch):
    """Returns one batch of the user's, a tuple, after the same checks.

    Texts stay ragged: from the first batches, Keras concludes how long all others are.
    """
    if not has_parts(batch):
        batch = (batch,)
    parts = checked(reader, *keras.utils.unpack_x_y_sample_weight(batch))
    return parts[:1] if parts[2] is None else parts


def per_example(sample_weight, like):
    """Returns the weights of a batch, `(batch,)`, in the dtype of `like`.

    Raises:
        ValueError: if there is not one number for each example.
    """
    _check_one_part(sample_weight)
    weights = tf.cast(sample_weight, like.dtype)
    _check_weights_shape(weights.shape)
    return tf.reshape(weights, tf.shape(like))


def class_weight_table(class_weight: dict, num_labels: int | None) -> np.ndarray:
    """Returns the weight of each class, 1 where none is given.

    Raises:
        ValueError: if the model reads no labels, a label is out of range, or a weight
            is negative or not finite.

    >>> class_weight_table({1: 3.0}, 3).tolist()
    [1.0, 3.0, 1.0]
    """
    if num_labels is None:
        raise ValueError("class_weight: the model reads no labels; use sample_weight")
    table = np.ones(num_labels, "float32")
    for label, weight in class_weight.items():
        if label not in range(num_labels):
            raise ValueError(
                f"class_weight: label {label} is out of range: labels are 0 to "
                f"{num_labels - 1}"
            )
        if not 0 <= weight < math.inf:
            raise ValueError(
                f"class_weight: the weight of label {label} is {weight}: give 0 or a "
                "positive number"
            )
        table[label] = weight
    return table


def check_metrics(argument: str, metrics, outputs: list[str]) -> None:
    """Refuses metrics that a model without targets cannot compute.

    Args:
        argument: name of the argument of `compile`.
        metrics: its value.
        outputs: names of the model's outputs.

    Raises:
        ValueError: if the metrics are not a dictionary by output, or one of them
            compares predictions with targets.
    """
    if not metrics:
        return
    names = " or ".join(outputs)
    if not isinstance(metrics, dict):
        raise ValueError(
            f"{argument}: name the output of each metric, as in "
            f"{argument}={{'kl': metric}}; the outputs are {names}"
        )
    for name, given in metrics.items():
        if name not in outputs:
            raise ValueError(f"{argument}: {name!r} is not an output; choose {names}")
        for metric in keras.tree.flatten(given):
            if isinstance(metric, str) or _is_of_keras(metric):
                label = getattr(metric, "name", getattr(metric, "__name__", metric))
                raise ValueError(
                    f"{argument}: {label} is a Keras metric, which needs targets, and "
                    f"the model has none; give a function of (inputs, {name}), or a "
                    "metric class of your own"
                )


def _is_of_keras(metric):
    if type(metric) is keras.metrics.MeanMetricWrapper:  # It wraps a user's function.
        return False
    return str(getattr(metric, "__module__", "")).split(".")[0] == "keras"


def _check_one_part(sample_weight):
    if keras.tree.is_nested(sample_weight):
        raise ValueError("sample_weight: give one number for each example")


def _check_weights_shape(shape):
    is_column = shape.rank == 2 and shape[1] in (1, None)
    if shape.rank not in (None, 1) and not is_column:
        raise ValueError(
            f"sample_weight has the shape {tuple(shape)}: give one number for each "
            "example"
        )


def _checked_weights(sample_weight, count):
    if isinstance(sample_weight, dict):
        _check_one_part(sample_weight)
    shape = np.shape(sample_weight)
    if shape not in ((count,), (count, 1)):
        raise ValueError(
            f"sample_weight has the shape {shape}: give one number for each example, "
            f"and there are {count}"
        )
    given = np.reshape(sample_weight, [count])
    try:
        if np.iscomplexobj(given):
            raise TypeError
        with np.errstate(over="ignore"):
            weights = given.astype("float32")
    except (TypeError, ValueError):
        raise ValueError(
            f"sample_weight holds {given.dtype.name} values: give finite numbers"
        ) from None
    wrong = np.flatnonzero(~np.isfinite(weights))
    if wrong.size:
        raise ValueError(
            f"sample_weight is {given[wrong[0]]} for example {wrong[0] + 1}: give "
            "finite numbers"
        )
    return weights


def _read_batch(reader, batch):
    return (reader.arrays(batch[0] if has_parts(batch) else batch),)


def _each(function, batches):
    """Yields the batches as a generator, which is what Keras takes."""
    yield from map(function, batches)


def _checked_dataset(dataset):
    _, target, weights = keras.utils.unpack_x_y_sample_weight(dataset.element_spec)
    check_no_target(target)
    if target is None:
        return dataset
    # A strategy with several replicas cannot distribute `None`.
    if all(not hasattr(part, "dtype") for part in keras.tree.flatten(weights)):
        return dataset.map(lambda inputs, *_: inputs)
    _check_one_part(weights)
    _check_weights_shape(weights.shape)
    return dataset.map(_with_checked_weights)


def _with_checked_weights(inputs, _, weights):
    count = tf.shape(keras.tree.flatten(inputs)[0], out_type=tf.int64)[0]
    checks = [
        tf.debugging.assert_equal(
            tf.shape(weights, out_type=tf.int64)[0],
            count,
            message="sample_weight: give one number for each example of a batch",
        ),
        tf.debugging.assert_all_finite(
            tf.cast(weights, tf.float32), "sample_weight: give finite numbers"
        ),
    ]
    with tf.control_dependencies(checks):
        return inputs, tf.zeros([count, 0]), tf.identity(weights)


def _is_none(target):
    """Returns whether there is no target, or one of width 0."""
    if isinstance(target, tf.TypeSpec) and not hasattr(target, "dtype"):
        return True  # A data set's spec of `None`.
    shape = getattr(target, "shape", None)
    # A generator's batches have an unknown rank.
    is_known = shape is not None and getattr(shape, "rank", 0) is not None
    return target is None or (is_known and tuple(shape)[1:] == (0,))
