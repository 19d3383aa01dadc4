"""The processes that train one model together, as TF_CONFIG names them."""

import contextlib
import dataclasses
import json
import os
from collections.abc import Iterator

from trainers.failures import UserError

# In the order in which tf.distribute numbers them.
_JOBS = ("chief", "worker")


@dataclasses.dataclass(frozen=True)
class Worker:
    """This process's place among the workers of a run.

    Attributes:
        index: its number, from 0. Number 0 is the chief, which alone writes.
        count: how many workers there are.
        name: as TensorFlow names it, by kind and number of the task.

    >>> Worker().is_chief, Worker(index=1, count=2).is_chief
    (True, False)
    """

    index: int = 0
    count: int = 1
    name: str = dataclasses.field(default="", compare=False)

    @classmethod
    def of(cls, strategy: str) -> "Worker":
        """Returns what TF_CONFIG says, if the strategy goes by it.

        Args:
            strategy: `"multi_worker"`; `"auto"`, which goes by TF_CONFIG where it
                names several workers; any other means one process.

        Raises:
            UserError: if TF_CONFIG is missing or makes no sense.

        >>> Worker.of("one_device")
        Worker(index=0, count=1, name='')
        """
        config = os.environ.get("TF_CONFIG")
        if strategy == "multi_worker":
            if config is None:
                raise _error("is not set, and --strategy=multi_worker goes by it")
        elif strategy != "auto" or config is None:
            return cls()
        cluster, job, index = _parse(config)
        before = 0 if job == _JOBS[0] else len(cluster.get(_JOBS[0], ()))
        count = sum(map(len, cluster.values()))
        worker = cls(before + index, count, f"{job} {index}")
        if worker.count == 0 and strategy == "multi_worker":
            raise _error("names no worker")
        return worker if worker.count else cls()

    @property
    def is_chief(self) -> bool:
        """Whether this one writes the files and prints."""
        return self.index == 0

    @contextlib.contextmanager
    def silent_unless_chief(self) -> Iterator[None]:
        """Within its `with`, only the chief's prints come out; errors do anyway."""
        if self.is_chief:
            yield
            return
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            yield


def _parse(config):
    """The cluster, and this process's job and index in it."""
    try:
        config = json.loads(config)
    except ValueError as error:
        raise _error(f"is no JSON ({error})") from error
    if not isinstance(config, dict):
        raise _error("is no JSON object")
    cluster = config.get("cluster") or {}
    if not isinstance(cluster, dict):
        raise _error('"cluster" is no object')
    for job, addresses in cluster.items():
        if job not in _JOBS:
            raise _error(
                f'"cluster" has tasks of the kind {job!r}; only "worker" will do'
            )
        if not isinstance(addresses, list) or not all(map(_is_address, addresses)):
            raise _error(f'"{job}" is no list of "host:port"')
    if not cluster:
        return {}, _JOBS[1], 0
    task = config.get("task")
    job, index = (
        (task.get("type"), task.get("index"))
        if isinstance(task, dict)
        else (None, None)
    )
    if job not in cluster or not isinstance(index, int | str):
        raise _error('"task" names no "type" and "index" of a task in "cluster"')
    try:
        index = int(index)
        cluster[job][max(index, 0)]
        # Of several chiefs nobody would know which one writes.
        if index < 0 or len(cluster.get(_JOBS[0], ())) > 1:
            raise IndexError
    except (ValueError, IndexError):
        raise _error(f'"cluster" has no {job} of the index {index}') from None
    return cluster, job, index


def _is_address(address):
    host, colon, port = (
        address.rpartition(":") if isinstance(address, str) else [""] * 3
    )
    return bool(host and colon and port.isdigit())


def _error(message):
    return UserError(
        f"TF_CONFIG: {message}; it should read like "
        '{"cluster": {"worker": ["host1:2222", "host2:2222"]}, '
        '"task": {"type": "worker", "index": 0}}'
    )
