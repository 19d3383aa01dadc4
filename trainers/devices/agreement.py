"""What the workers of a run have to do in step."""

import contextlib
import re
import signal
from collections.abc import Iterator

import tensorflow as tf

from trainers.cli.errors import RunFailed
from trainers.devices.workers import Worker


class Agreement:
    """Lets each worker know a number of every other one.

    The methods are collective: all workers call them, in the same order, and each
    waits for the others. A run of a single worker waits for nobody.

    Args:
        strategy: `tf.distribute.Strategy`.
        worker: `Worker`, this process's place.

    >>> alone = Agreement(tf.distribute.get_strategy(), Worker())
    >>> alone.gather(7)
    [7]
    """

    def __init__(self, strategy: tf.distribute.Strategy, worker: Worker):
        self.worker = worker
        self._sum = tf.function(
            lambda values: strategy.reduce(
                tf.distribute.ReduceOp.SUM, values, axis=None
            )
        )

    def gather(self, number: int) -> list[int]:
        """Returns each worker's number, which is below 2 ** 24, by worker."""
        worker = self.worker
        if worker.count == 1:
            return [number]
        numbers = tf.one_hot(worker.index, worker.count, on_value=float(number))
        return [round(float(number)) for number in self._sum(numbers)]

    def signal(self, received: signal.Signals | None) -> signal.Signals | None:
        """Returns the signal that any worker received; SIGTERM outweighs SIGINT."""
        number = max(self.gather(received or 0))
        return signal.Signals(number) if number else None

    def wait(self) -> None:
        """Waits until every worker is here."""
        self.gather(0)


@contextlib.contextmanager
def lost_workers_named(worker: Worker) -> Iterator[None]:
    """Turns what TensorFlow says where another worker is gone into one line.

    Raises:
        RunFailed: if a collective operation failed; with one worker there is none.
    """
    try:
        yield
    except tf.errors.OpError as error:
        if worker.count == 1 or isinstance(error, tf.errors.ResourceExhaustedError):
            raise
        named = re.findall(r"/job:(\w+)/(?:replica:\d+/)?task:(\d+)", error.message)
        names = [f"{job} {index}" for job, index in named]
        # The one that reports it may be named too, and it may be this one.
        which = next((name for name in names if name != worker.name), "another worker")
        raise RunFailed(
            f"{which} is gone or cannot be reached; the same command on every worker "
            "goes on from the last checkpoint"
        ) from error
