"""Builds a model under a dtype policy of its own."""

import contextlib
from collections.abc import Iterator

import keras

# Nats are sums of many terms, and steps of an optimiser are small beside the weights.
WEIGHTS = ("float32", "float64")


@contextlib.contextmanager
def dtype_policy_scope(dtype) -> Iterator[None]:
    """Makes a dtype policy the default of all layers that are made in the block.

    Args:
        dtype: what Keras takes for a layer's `dtype`: a name such as
            `"mixed_bfloat16"`, a `keras.DTypePolicy` or its configuration; or `None`
            for the policy that is the default already.

    Raises:
        ValueError: if weights would not be in float32 or float64.

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
            f"dtype is {policy.name!r}: choose one whose weights are in float32 or "
            "float64; 'mixed_bfloat16' has fast products and weights in float32"
        )
    keras.config.set_dtype_policy(policy)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
