"""Checks of a mean direction and a concentration."""

import numbers
from typing import Any

import numpy as np
import tensorflow as tf

from tf_vmfvae.distributions.numerics.tfp_internals import assert_util, tensor_util


def check_static(
    mean_direction: Any, concentration: Any, validate_args: bool = False
) -> None:
    """Checks dtypes and shapes, which are known before anything is computed.

    Args:
      mean_direction: as given; should have shape [..., d], d >= 2.
      concentration: as given; should broadcast against [...].
      validate_args: whether `assertions` checks `d` at run time instead, as TensorFlow
        Probability's own distributions do.

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
    if size is not None and size < 2 and not validate_args:
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
        checks += [
            assert_util.assert_greater(
                tf.shape(distribution.mean_direction)[-1],
                1,
                message="`mean_direction` may not have scalar event shape: it must "
                "have at least 2 coordinates",
            ),
            assert_unit("mean_direction", distribution.mean_direction),
        ]
    if is_init != tensor_util.is_ref(distribution.concentration):
        concentration = tf.convert_to_tensor(distribution.concentration)
        checks.append(
            assert_util.assert_non_negative(
                concentration,
                message="`concentration` must be non-negative and not NaN",
            )
        )
        limit = distribution._concentration_limit
        if limit is not None:
            checks.append(
                assert_util.assert_less(
                    concentration,
                    tf.constant(limit, concentration.dtype),
                    message=f"`concentration` must be below {limit:g}",
                )
            )
    return checks


def assert_unit(name: str, vectors: Any) -> tf.Operation:
    """Returns an operation that fails unless all vectors have norm 1."""
    vectors = tf.convert_to_tensor(vectors)
    return assert_util.assert_near(
        tf.ones([], tf.float64),
        tf.linalg.norm(tf.cast(vectors, tf.float64), axis=-1),
        rtol=0.0,
        atol=1e-5 if vectors.dtype.size >= 4 else 2e-2,
        message=f"`{name}` must be unit-length",
    )


def check_samples(samples: tf.Tensor, sample_ndims: int) -> None:
    """Checks that a distribution can be fitted to the samples.

    Args:
      samples: as given; should have shape [S1, ..., B1, ..., d], d >= 2.
      sample_ndims: number of leading axes S1, ...; should be at least 1.

    Raises:
      ValueError: an integer dtype, an unknown or too low a rank, fewer than 2
        dimensions, or no samples.
    """
    if not samples.dtype.is_floating:
        raise ValueError(
            f"samples must have a floating dtype, got {samples.dtype.name}; convert "
            "them with tf.cast"
        )
    if sample_ndims < 1:
        raise ValueError(f"sample_ndims must be at least 1, got {sample_ndims}")
    shape = samples.shape
    if shape.rank is None:
        raise ValueError("samples must have a static rank; set it with tf.ensure_shape")
    if shape.rank <= sample_ndims:
        raise ValueError(
            f"samples must have rank {sample_ndims + 1} or more ({sample_ndims} for "
            f"sample_ndims and one for coordinates), got shape {tuple(shape)}"
        )
    if shape[-1] is not None and shape[-1] < 2:
        raise ValueError(
            f"samples must have at least 2 coordinates, got {shape[-1]}: there is no "
            "sphere in fewer dimensions"
        )
    if 0 in shape[:sample_ndims]:
        raise ValueError(f"samples must not be empty, got shape {tuple(shape)}")


def check_weights(weights: tf.Tensor, samples: tf.Tensor, sample_ndims: int) -> None:
    """Checks that there is a weight for each sample.

    Args:
      weights: as given; should have shape [S1, ..., B1, ...] or [S1, ...].
      samples: [S1, ..., B1, ..., d].
      sample_ndims: number of leading axes S1, ...

    Raises:
      ValueError: another shape.
    """
    shape = samples.shape[:-1]
    if not any(
        weights.shape.is_compatible_with(allowed)
        for allowed in (shape, shape[:sample_ndims])
    ):
        raise ValueError(
            f"weights must have one weight a sample, shape {tuple(shape)}, got shape "
            f"{tuple(weights.shape)}"
        )


def assert_weights(weights: tf.Tensor, sample_ndims: int) -> tf.Operation:
    """Returns an operation that fails unless no weight is negative and some are not 0.

    NaN and infinity fail too.
    """
    totals = tf.reduce_sum(weights, axis=list(range(sample_ndims)))
    good = tf.reduce_all(weights >= 0)
    good &= tf.reduce_all((totals > 0) & tf.math.is_finite(totals))
    return tf.debugging.Assert(
        good, ["`weights` must be non-negative and finite, and must not all be zero"]
    )


def _shape(value: Any) -> tf.TensorShape:
    shape = getattr(value, "shape", None)
    return tf.TensorShape(np.shape(value) if shape is None else shape)
