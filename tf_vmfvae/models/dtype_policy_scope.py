"""A dtype policy for all layers that are made in a block."""

import contextlib
from collections.abc import Iterator

import keras

# With fewer digits, sums of many nats lose accuracy, and an optimiser's steps are too
# small to change the weights.
WEIGHTS = ("float32", "float64")


@contextlib.contextmanager
def dtype_policy_scope(dtype) -> Iterator[None]:
    """Makes a dtype policy the default of all layers that are made in the block.

    Args:
        dtype: as for a Keras layer: a name such as `"mixed_bfloat16"`, a
            `keras.DTypePolicy`, or its configuration. `None` keeps the default.

    Raises:
        ValueError: if the weights would not be float32 or float64.

    Example:
    >>> with dtype_policy_scope("mixed_bfloat16"):
    ...     layer = keras.layers.Dense(3)
    >>> layer.compute_dtype, keras.layers.Dense(3).compute_dtype
    ('bfloat16', 'float32')
    """
    before = keras.config.dtype_policy()
    policy = keras.dtype_policies.get(dtype)
    if policy.quantization_mode or policy.variable_dtype not in WEIGHTS:
        raise ValueError(
            f"dtype is {policy.name!r}: choose one whose weights are float32 or "
            "float64; 'mixed_bfloat16' has fast products and float32 weights"
        )
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
