"""Checks of the arguments of `fit` and `evaluate` for models without targets."""

import math

import keras
import numpy as np
import tensorflow as tf

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


def checked(data, target=None, sample_weight=None) -> tuple:
    """Checks `x`, `y` and `sample_weight` before training begins.

    Args:
        data: arrays, or batches of any kind.
        target: `None`.
        sample_weight: one weight for each example, or `None`.

    Returns:
        The three arguments in a form in which Keras uses all weights.

    Raises:
        ValueError: if there is a target, or not one weight for each example.

    >>> checked(np.zeros([3, 5]), None, np.ones([3]))[1].shape
    (3, 0)
    """
    check_no_target(target)
    if isinstance(data, tf.data.Dataset):
        data = _checked_dataset(data)
    if isinstance(data, keras.utils.PyDataset):
        data = WeightedBatches(data)
    rows = next(iter(keras.tree.flatten(data)), None)
    if sample_weight is None or not hasattr(rows, "shape"):
        return data, target, sample_weight
    shape, count = np.shape(sample_weight), rows.shape[0]
    if shape not in ((count,), (count, 1)):
        raise ValueError(
            f"sample_weight has the shape {shape}: give one number for each of {count} "
            "examples"
        )
    weights = np.reshape(sample_weight, [count])
    wrong = np.flatnonzero(~np.isfinite(weights))
    if wrong.size:
        raise ValueError(
            f"sample_weight is {weights[wrong[0]]} for example {wrong[0] + 1}: give "
            "finite numbers"
        )
    # Keras ignores the weights of arrays without targets.
    return data, no_target(count), weights


def per_example(sample_weight, like):
    """Returns the weights of a batch, `(batch,)`, in the dtype of `like`.

    Raises:
        ValueError: if there is not one number for each example.
    """
    if keras.tree.is_nested(sample_weight):
        raise ValueError("sample_weight: give one number for each example")
    weights = tf.cast(sample_weight, like.dtype)
    shape = weights.shape
    if shape.rank is not None and not (
        shape.rank == 1 or (shape.rank == 2 and shape[1] == 1)
    ):
        raise ValueError(
            f"sample_weight has the shape {tuple(shape)}: give one number for each "
            "example"
        )
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


def _checked_dataset(dataset):
    _, target, weights = keras.utils.unpack_x_y_sample_weight(dataset.element_spec)
    check_no_target(target)
    if target is None:
        return dataset
    # A strategy with several replicas cannot distribute `None`.
    if not hasattr(weights, "dtype"):
        return dataset.map(lambda inputs, *_: inputs)
    return dataset.map(
        lambda x, _, weights: (x, tf.zeros([tf.shape(weights)[0], 0]), weights)
    )


def _is_none(target):
    """Returns whether there is no target, or one of width 0."""
    if isinstance(target, tf.TypeSpec) and not hasattr(target, "dtype"):
        return True  # A data set's spec of `None`.
    shape = getattr(target, "shape", None)
    return target is None or (shape is not None and tuple(shape)[1:] == (0,))
