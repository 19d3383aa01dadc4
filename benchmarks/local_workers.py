"""Starts a training program as several workers on this machine."""

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
    cores: Sequence[str] | None = None,
    **options,
) -> list[subprocess.Popen]:
    """Starts `python -m trainers.lm` as several processes, connected over loopback.

    Args:
        arguments: flags of the program.
        workers: number of processes; a single one gets no TF_CONFIG.
        cores: a processor core for each process; `None` lets the system choose.
        **options: further arguments for `subprocess.Popen`.

    Returns:
        The processes, the chief first; each one's output can be read from `stdout`.
    """
    processes = []
    addresses = [f"127.0.0.1:{port}" for port in _free_ports(workers)]
    for index in range(workers):
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        # The program silences TensorFlow itself.
        for name in ("TF_CONFIG", "TF_CPP_MIN_LOG_LEVEL"):
            environment.pop(name, None)
        if workers > 1:
            cluster = {"worker": addresses}
            task = {"type": "worker", "index": index}
            environment["TF_CONFIG"] = json.dumps({"cluster": cluster, "task": task})
        pinned = []
        if cores is not None:
            pinned = ["taskset", "-c", cores[index]]
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


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
