"""Which rows of a step's batch are being read."""

import contextlib
import contextvars
from collections.abc import Iterator

import tensorflow as tf

_PART = contextvars.ContextVar("part", default=(0, 1))


@contextlib.contextmanager
def reading_part(index, count: int) -> Iterator[None]:
    """Within its `with`, a replica reads one of several parts of its share.

    Args:
        index: the number of the part, from 0; int or integer scalar tensor.
        count: number of parts, all of the same size.
    """
    token = _PART.set((index, count))
    try:
        yield
    finally:
        _PART.reset(token)


def place_in_batch() -> tuple:
    """Returns which rows of the batch are read here, and of how many equal parts.

    The rows are dealt out to the replicas of a strategy in order, and those of a
    replica to its parts. Outside a strategy and outside `reading_part`, a batch is one
    part.

    >>> with reading_part(1, 4):
    ...     place_in_batch()
    (1, 4)
    """
    part, parts = _PART.get()
    context = tf.distribute.get_replica_context()
    if context is None or context.num_replicas_in_sync == 1:
        return part, parts
    replica, replicas = context.replica_id_in_sync_group, context.num_replicas_in_sync
    return replica * parts + part, replicas * parts
