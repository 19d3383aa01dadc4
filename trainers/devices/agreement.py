"""How the workers of a run agree with each other."""

import contextlib
import re
import signal
from collections.abc import Iterator

import tensorflow as tf

from trainers.cli.errors import RunFailed
from trainers.devices.workers import Worker


class Agreement:
    """Exchanges numbers between the workers.

    All methods but `announce` and `announced` are collective: every worker has to call
    them, in the same order, and each call waits for the others. A single worker never
    waits.

    Args:
        strategy: `tf.distribute.Strategy`.
        worker: `Worker`, this process's place.

    Attributes:
        notice: `tf.Variable` [signal.NSIG], 1 at the number of a signal that this
            worker has announced and else 0; `None` for a single worker. The training
            step sums it over the workers together with the gradients, so a step takes
            one exchange.

    >>> alone = Agreement(tf.distribute.get_strategy(), Worker())
    >>> alone.gather(7)
    [7]
    """

    def __init__(self, strategy: tf.distribute.Strategy, worker: Worker):
        self.worker = worker
        self.notice = None
        if worker.count > 1:
            self.notice = tf.Variable(tf.zeros([signal.NSIG]), trainable=False)
        self._sum = tf.function(
            lambda values: strategy.reduce(
                tf.distribute.ReduceOp.SUM, values, axis=None
            )
        )

    def gather(self, number: int) -> list[int]:
        """Returns the number of each worker; numbers must be below 2 ** 24."""
        worker = self.worker
        if worker.count == 1:
            return [number]
        numbers = tf.one_hot(worker.index, worker.count, on_value=float(number))
        return [round(float(number)) for number in self._sum(numbers)]

    def all_equal(self, number: int) -> bool:
        """Returns whether all workers have the same number."""
        return len(set(self.gather(number))) == 1

    def announce(self, received: signal.Signals | None) -> None:
        """Tells all workers about a signal with the next training step."""
        if received and self.notice is not None:
            self.notice.assign(tf.one_hot(received, signal.NSIG))

    def announced(
        self, notices: tf.Tensor | None, received: signal.Signals | None
    ) -> signal.Signals | None:
        """Returns a signal that a worker has announced; SIGTERM rather than SIGINT.

        Args:
            notices: the sum of all notices, from a training step.
            received: what a single worker, which announces nothing, has received.
        """
        if notices is None:
            return received
        (numbers,) = notices.numpy().nonzero()
        return signal.Signals(int(numbers.max())) if numbers.size else None

    def signal(self, received: signal.Signals | None) -> signal.Signals | None:
        """Returns a signal that any worker received; SIGTERM rather than SIGINT."""
        number = max(self.gather(received or 0))
        return signal.Signals(number) if number else None

    def wait(self) -> None:
        """Waits until every worker has called this."""
        self.gather(0)


@contextlib.contextmanager
def lost_workers_named(worker: Worker) -> Iterator[None]:
    """Turns TensorFlow's error about a lost worker into one line.

    Raises:
        RunFailed: if a collective operation failed. With a single worker, TensorFlow's
            errors pass through.
    """
    try:
        yield
    except tf.errors.OpError as error:
        if worker.count == 1 or isinstance(error, tf.errors.ResourceExhaustedError):
            raise
        named = re.findall(r"/job:(\w+)/(?:replica:\d+/)?task:(\d+)", error.message)
        names = [f"{job} {index}" for job, index in named]
        # The message may also name the worker that reports the loss, even this one.
        lost = next((name for name in names if name != worker.name), "another worker")
        raise RunFailed(
            f"{lost} is gone or cannot be reached; run the same command on every "
            "worker to continue from the last checkpoint"
        ) from error
