"""Checks of the arguments that the two distributions on the sphere share."""

import math
import numbers
from typing import Any

import numpy as np
import tensorflow as tf
from tensorflow_probability.python.internal import assert_util, tensor_util


def check_static(mean_direction: Any, concentration: Any) -> None:
    """Raises a ValueError for dtypes and shapes that cannot be meant.

    Args:
      mean_direction: what the caller gave; should have shape [..., d], d >= 2.
      concentration: what the caller gave; should broadcast against [...].
    """
    given = {"mean_direction": mean_direction, "concentration": concentration}
    for name, value in given.items():
        dtype = getattr(value, "dtype", None)
        if dtype is not None and not tf.as_dtype(dtype).is_floating:
            raise ValueError(
                f"{name} must have a floating dtype, got {tf.as_dtype(dtype).name}; "
                "convert it with tf.cast"
            )
    mean_shape, batch_shape = _shape(mean_direction), _shape(concentration)
    if mean_shape.rank == 0:
        raise ValueError(
            "mean_direction must be a vector of at least 2 coordinates, got a scalar"
        )
    if mean_shape.rank is None:
        return
    size = mean_shape[-1]
    if size is not None and size < 2:
        raise ValueError(
            f"mean_direction must have at least 2 coordinates, got {size}: there is "
            "no sphere in fewer dimensions"
        )
    try:
        tf.broadcast_static_shape(mean_shape[:-1], batch_shape)
    except ValueError:
        raise ValueError(
            f"concentration of shape {tuple(batch_shape)} does not broadcast against "
            f"the batch shape {tuple(mean_shape[:-1])} of mean_direction"
        ) from None


def fixed_number(concentration: Any) -> float | None:
    """The value of a concentration known while the graph is built, else None.

    >>> fixed_number(80), fixed_number(np.float32(0.5)), fixed_number([1.0, 2.0])
    (80.0, 0.5, None)
    """
    known = isinstance(concentration, (numbers.Real, np.ndarray, np.number))
    return float(concentration) if known and np.ndim(concentration) == 0 else None


def assertions(distribution: Any, is_init: bool) -> list[tf.Operation]:
    """What `validate_args=True` checks at run time: values, not shapes."""
    if not distribution.validate_args:
        return []
    checks = []
    if is_init != tensor_util.is_ref(distribution.mean_direction):
        mean_direction = tf.convert_to_tensor(distribution.mean_direction)
        wide = tf.cast(mean_direction, tf.float64)
        checks.append(
            assert_util.assert_near(
                tf.ones([], tf.float64),
                tf.linalg.norm(wide, axis=-1),
                rtol=0.0,
                atol=1e-5 if mean_direction.dtype.size >= 4 else 2e-2,
                message="`mean_direction` must be unit-length",
            )
        )
    if is_init != tensor_util.is_ref(distribution.concentration):
        checks.append(
            assert_util.assert_non_negative(
                tf.convert_to_tensor(distribution.concentration),
                message="`concentration` must be non-negative and not NaN",
            )
        )
    return checks


def static_dimension(distribution: Any) -> int:
    """The size of the last axis, which has to be known when a graph is built."""
    size = distribution.event_shape[-1]
    if size is None:
        raise ValueError(
            "mean_direction must have a static last dimension; set it with "
            "tf.ensure_shape"
        )
    return size


def wide_concentration(distribution: Any) -> tf.Tensor:
    """The concentration in float64; NaN where it is negative."""
    kappa = tf.cast(tf.convert_to_tensor(distribution.concentration), tf.float64)
    return tf.where(kappa >= 0, kappa, tf.constant(math.nan, tf.float64))


def check_same_sphere(a: Any, b: Any) -> None:
    """Raises a ValueError unless two distributions have one dimension."""
    if a.event_shape[-1] != b.event_shape[-1]:
        raise ValueError(
            "the KL divergence needs two distributions on one sphere, got dimensions "
            f"{a.event_shape[-1]} and {b.event_shape[-1]}"
        )


def _shape(value: Any) -> tf.TensorShape:
    shape = getattr(value, "shape", None)
    return tf.TensorShape(np.shape(value) if shape is None else shape)
