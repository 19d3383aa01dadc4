"""Checks of a mean direction and a concentration."""

import numbers
from typing import Any

import numpy as np
import tensorflow as tf

from tf_vmfvae.distributions.numerics.tfp_internals import assert_util, tensor_util


def check_static(mean_direction: Any, concentration: Any) -> None:
    """Checks dtypes and shapes, which are known before anything is computed.

    Args:
      mean_direction: as given; should have shape [..., d], d >= 2.
      concentration: as given; should broadcast against [...].

    Raises:
      ValueError: an integer dtype, fewer than 2 dimensions, or shapes that do not
        broadcast.
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
    """Returns the value of a concentration that is a Python or NumPy number, else None.

    >>> fixed_number(80), fixed_number(np.float32(0.5)), fixed_number([1.0, 2.0])
    (80.0, 0.5, None)
    """
    known = isinstance(concentration, (numbers.Real, np.ndarray, np.number))
    return float(concentration) if known and np.ndim(concentration) == 0 else None


def assertions(distribution: Any, is_init: bool) -> list[tf.Operation]:
    """Returns the checks of values that `validate_args=True` makes at run time."""
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


def _shape(value: Any) -> tf.TensorShape:
    shape = getattr(value, "shape", None)
    return tf.TensorShape(np.shape(value) if shape is None else shape)
