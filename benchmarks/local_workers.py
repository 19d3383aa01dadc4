"""A training program as several workers on this machine."""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
from collections.abc import Sequence

ROOT = pathlib.Path(__file__).parents[1]


def start(
    arguments: Sequence[str],
    workers: int = 1,
    cores: Sequence[int] | None = None,
    **options,
) -> list[subprocess.Popen]:
    """Starts `python -m trainers.lm` as so many processes on loopback.

    Args:
        arguments: the flags.
        workers: how many; with one, there is no TF_CONFIG.
        cores: a processor core for each, or `None` to leave that to the system.
        **options: other arguments of `subprocess.Popen`.

    Returns:
        The processes, the chief first, whose prints can be read from its `stdout`.
    """
    processes = []
    addresses = [f"127.0.0.1:{port}" for port in _free_ports(workers)]
    for index in range(workers):
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        # The program sees to its quiet by itself.
        for name in ("TF_CONFIG", "TF_CPP_MIN_LOG_LEVEL"):
            environment.pop(name, None)
        if workers > 1:
            cluster = {"worker": addresses}
            task = {"type": "worker", "index": index}
            environment["TF_CONFIG"] = json.dumps({"cluster": cluster, "task": task})
        pinned = []
        if cores is not None:
            pinned = ["taskset", "-c", str(cores[index])]
            environment["TF_NUM_INTRAOP_THREADS"] = environment["OMP_NUM_THREADS"] = "1"
        processes.append(
            subprocess.Popen(
                [*pinned, sys.executable, "-m", "trainers.lm", *arguments],
                env=environment,
                stdout=subprocess.PIPE,
                text=True,
                **options,
            )
        )
    return processes


def _free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
