"""The processes that train one model together, as TF_CONFIG names them."""

import collections
import concurrent.futures
import contextlib
import dataclasses
import errno
import itertools
import json
import os
import re
import socket
import time
from collections.abc import Iterator

from trainers.cli.errors import RunFailed, UserError
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import shortened

# Seconds that the name of a host may be unknown, and names looked up at once.
PATIENCE = 20.0
LOOK_UPS = 32
# In the order in which tf.distribute numbers them.
_JOBS = ("chief", "worker")


@dataclasses.dataclass(frozen=True)
class Worker:
    """This process's place among the workers of a run.

    Attributes:
        index: its number, from 0. Number 0 is the chief, which alone writes.
        count: how many workers there are.
        name: as TensorFlow names it, by kind and number of the task.
        addresses: of each worker, by name.

    >>> Worker().is_chief, Worker(index=1, count=2).is_chief
    (True, False)
    """

    index: int = 0
    count: int = 1
    name: str = dataclasses.field(default="", compare=False)
    addresses: dict[str, str] = dataclasses.field(
        default_factory=dict, compare=False, repr=False
    )

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
        addresses = {
            f"{job} {place}": address
            for job in _JOBS
            for place, address in enumerate(cluster.get(job, ()))
        }
        before = 0 if job == _JOBS[0] else len(cluster.get(_JOBS[0], ()))
        worker = cls(before + index, len(addresses), f"{job} {index}", addresses)
        if worker.count == 0 and strategy == "multi_worker":
            raise _error("names no worker")
        return worker if worker.count else cls()

    @property
    def is_chief(self) -> bool:
        """Whether this one writes the files and prints."""
        return self.index == 0

    def check_addresses(self, patience: float = PATIENCE) -> None:
        """Checks that the workers can be looked for; TensorFlow would wait in silence.

        Args:
            patience: seconds for which a host's name may be unknown: those of a
                cluster's other machines appear as these start.

        Raises:
            UserError: if the name of a host cannot be resolved.
            RunFailed: if this worker's own port is not free.
        """
        if not self.addresses:
            return
        _check_port(self.name, self.addresses[self.name])
        until = time.monotonic() + patience
        said = False
        while unknown := _unresolved(self.addresses):
            name, reason = next(iter(unknown.items()))
            host = shortened(_host(self.addresses[name]))
            if not said:
                print(f"waiting until the host of {name}, {host!r}, can be resolved")
                said = True
            if time.monotonic() > until:
                raise UserError(
                    f"TF_CONFIG: the host of {name}, {host!r}, cannot be resolved "
                    f"({reason})"
                )
            time.sleep(min(1.0, patience))

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
    except (ValueError, RecursionError) as error:
        raise _error(f"is no JSON ({error})") from error
    if not isinstance(config, dict):
        raise _error("is no JSON object")
    cluster = config.get("cluster") or {}
    _check_cluster(cluster)
    if not any(cluster.values()):
        return {}, _JOBS[1], 0
    task = config.get("task")
    task = task if isinstance(task, dict) else {}
    job, index = task.get("type"), task.get("index")
    # To Python, JSON's true is a whole number.
    is_index = isinstance(index, int | str) and not isinstance(index, bool)
    if not isinstance(job, str) or job not in cluster or not is_index:
        raise _error('"task" names no "type" and "index" of a task in "cluster"')
    # Of several chiefs nobody would know which one writes.
    chiefs = cluster.get(_JOBS[0], ())
    places = [str(place) for place in range(len(cluster[job]))]
    if str(index) not in places or len(chiefs) > 1:
        raise _error(f'"cluster" has no {job} of the index {shortened(index)}')
    return cluster, job, int(index)


def _check_cluster(cluster):
    if not isinstance(cluster, dict):
        raise _error('"cluster" is no object')
    for job, addresses in cluster.items():
        if job not in _JOBS:
            raise _error(
                f'"cluster" has tasks of the kind {shortened(job)!r}; only "worker" '
                "will do"
            )
        if not isinstance(addresses, list):
            raise _error(f'"{job}" is no list of "host:port"')
        for address in addresses:
            if not _is_address(address):
                raise _error(
                    f'"{job}" is no list of "host:port" with ports from 1 to 65535: '
                    f"{shortened(json.dumps(address))}"
                )
    found = collections.Counter(itertools.chain.from_iterable(cluster.values()))
    for address, count in found.items():
        if count > 1:
            raise _error(f"{shortened(address)} is the address of {count} tasks")


def _is_address(address):
    if not isinstance(address, str):
        return False
    host, _, port = address.rpartition(":")
    return bool(
        # An address of version 6 is written in brackets, for its colons.
        re.fullmatch(r"\[[\w:.%-]+\]|[^\s:/\[\]]+", host)
        and re.fullmatch(r"[0-9]{1,5}", port)
        and 1 <= int(port) <= 65_535
    )


def _host(address):
    return address.rpartition(":")[0].strip("[]")


def _unresolved(addresses):
    """The workers whose hosts have names that lead nowhere, with the reason."""

    def complaint(address):
        try:
            socket.getaddrinfo(_host(address), None)
        except (OSError, UnicodeError) as error:
            return getattr(error, "strerror", None) or str(error)
        return None

    # Each may take its time.
    with concurrent.futures.ThreadPoolExecutor(LOOK_UPS) as pool:
        found = dict(
            zip(addresses, pool.map(complaint, addresses.values()), strict=True)
        )
    return {name: reason for name, reason in found.items() if reason}


def _check_port(name, address):
    """Checks that nobody listens at this worker's port, whose server is to."""
    port = int(address.rpartition(":")[2])
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            with socket.socket(family) as tried:
                # Not in use is a port whose connections have just been closed.
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                tried.bind(("", port))
        except OSError as error:
            # A machine need not have both kinds of addresses.
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                raise RunFailed(
                    f"TF_CONFIG: port {port}, which is that of {name}, cannot be "
                    f"opened on this machine ({error.strerror}); end what uses it, or "
                    "give another one to every worker"
                ) from error


def _error(message):
    return UserError(
        f"TF_CONFIG: {message}; it should read like "
        '{"cluster": {"worker": ["host1:2222", "host2:2222"]}, '
        '"task": {"type": "worker", "index": 0}}'
    )


def only_chief_prints(own: ProgramFlags) -> contextlib.AbstractContextManager:
    """Returns a context in which this process prints only if it is the chief.

    Args:
        own: the parsed flags of a training program.

    Raises:
        UserError: if TF_CONFIG is missing or makes no sense.
    """
    return Worker.of(own.settings()["strategy"]).silent_unless_chief()
