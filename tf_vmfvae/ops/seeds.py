"""Seeds of stateless random numbers."""

import operator

import tensorflow as tf


def whole_seed(seed) -> int:
    """Returns a seed as an int.

    Raises:
        ValueError: if it is not a whole number of 64 bits.

    >>> whole_seed(2.5)
    Traceback (most recent call last):
    ...
    ValueError: seed must be a whole number of at most 64 bits, or None, not 2.5
    """
    try:
        number = operator.index(seed)
    except TypeError:
        number = None
    if number is None or not -(2**63) <= number < 2**63:
        raise ValueError(
            f"seed must be a whole number of at most 64 bits, or None, not {seed!r}"
        )
    return number


def fresh_seed() -> int:
    """Returns a random seed that follows `keras.utils.set_random_seed`.

    It comes from TensorFlow's global generator, so it follows `tf.random.set_seed` too.
    """
    return int(tf.random.uniform([], maxval=tf.int32.max, dtype=tf.int32))


def stateless_seed(seed):
    """Returns the seed that stateless functions take: two int32 for one int64.

    Args:
        seed: int or integer scalar tensor.

    >>> stateless_seed(3).numpy().tolist()
    [3, 0]
    """
    return tf.bitcast(tf.cast(seed, tf.int64), tf.int32)
