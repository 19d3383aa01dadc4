"""The processes that train one model together."""

import contextlib
import dataclasses
import os
from collections.abc import Iterator

from trainers.cli.program_flags import ProgramFlags
from trainers.devices.tf_config import JOBS, parse_tf_config, tf_config_error


@dataclasses.dataclass(frozen=True)
class Worker:
    """This process's place among the workers of a run.

    Attributes:
        index: its number, from 0. Number 0 is the chief, the only one that writes.
        count: number of workers.
        name: TensorFlow's name for it, `"worker 1"` for example.
        addresses: the address of each worker, by name.

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
        """Returns the worker that TF_CONFIG describes, if the strategy reads it.

        Args:
            strategy: `"multi_worker"` needs TF_CONFIG, `"auto"` reads it if it is set.
                With any other strategy there is a single process.

        Raises:
            UserError: if TF_CONFIG is missing or bad.

        >>> Worker.of("one_device")
        Worker(index=0, count=1, name='')
        """
        config = os.environ.get("TF_CONFIG")
        if strategy == "multi_worker":
            if config is None:
                raise tf_config_error(
                    "is not set, but --strategy=multi_worker needs it"
                )
        elif strategy != "auto" or config is None:
            return cls()
        cluster, job, index = parse_tf_config(config)
        found = {
            f"{job} {place}": address
            for job in JOBS
            for place, address in enumerate(cluster.get(job, ()))
        }
        if not found and strategy == "multi_worker":
            raise tf_config_error("names no worker")
        if not found:
            return cls()
        before = 0 if job == JOBS[0] else len(cluster.get(JOBS[0], ()))
        return cls(before + index, len(found), f"{job} {index}", found)

    @property
    def is_chief(self) -> bool:
        """Whether this is the worker that writes the files and prints."""
        return self.index == 0

    @contextlib.contextmanager
    def silent_unless_chief(self) -> Iterator[None]:
        """Within its `with`, drops what any worker but the chief prints to stdout."""
        if self.is_chief:
            yield
            return
        with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):
            yield


def only_chief_prints(own: ProgramFlags) -> contextlib.AbstractContextManager:
    """Returns a context in which this process prints only if it is the chief.

    Args:
        own: the parsed flags of a training program.

    Raises:
        UserError: if TF_CONFIG is missing or bad.
    """
    return Worker.of(own.settings()["strategy"]).silent_unless_chief()
