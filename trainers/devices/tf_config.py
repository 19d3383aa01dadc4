"""Reads TF_CONFIG, which says which workers train together and which one this is."""

import collections
import itertools
import json
import re

from trainers.cli.errors import UserError
from trainers.cli.json_object import parse_object
from trainers.cli.ranges import shortened

# In the order in which tf.distribute numbers them.
JOBS = ("chief", "worker")


def parse_tf_config(config: str) -> tuple[dict[str, list[str]], str, int]:
    """Returns the addresses of each job, and the job and index of this process.

    Raises:
        UserError: if TF_CONFIG is not what TensorFlow needs.

    >>> cluster = '{"worker": ["host1:2222", "host2:2222"]}'
    >>> task = '{"type": "worker", "index": 1}'
    >>> parse_tf_config(f'{{"cluster": {cluster}, "task": {task}}}')
    ({'worker': ['host1:2222', 'host2:2222']}, 'worker', 1)
    """
    try:
        config = parse_object(config)
    except ValueError as error:
        raise tf_config_error(f"is {error}") from error
    cluster = config.get("cluster") or {}
    _check_cluster(cluster)
    if not any(cluster.values()):
        return {}, JOBS[1], 0
    task = config.get("task")
    task = task if isinstance(task, dict) else {}
    job, index = task.get("type"), task.get("index")
    # Python takes JSON's `true` for a whole number.
    is_index = isinstance(index, int | str) and not isinstance(index, bool)
    if not isinstance(job, str) or job not in cluster or not is_index:
        raise tf_config_error(
            '"task" does not give the "type" and "index" of a task in "cluster"'
        )
    places = [str(place) for place in range(len(cluster[job]))]
    # With several chiefs, it would not be clear which one writes the files.
    if str(index) not in places or len(cluster.get(JOBS[0], ())) > 1:
        raise tf_config_error(f'"cluster" has no {job} with index {shortened(index)}')
    return cluster, job, int(index)


def tf_config_error(message: str) -> UserError:
    """Returns the error for a bad TF_CONFIG, with an example of a good one."""
    return UserError(
        f"TF_CONFIG: {message}; it should look like "
        '{"cluster": {"worker": ["host1:2222", "host2:2222"]}, '
        '"task": {"type": "worker", "index": 0}}'
    )


def _check_cluster(cluster):
    if not isinstance(cluster, dict):
        raise tf_config_error('"cluster" is not an object')
    for job, addresses in cluster.items():
        if job not in JOBS:
            raise tf_config_error(
                f'"cluster" has tasks of type {shortened(job)!r}; only "worker" is '
                "supported"
            )
        if not isinstance(addresses, list):
            raise tf_config_error(f'"{job}" is not a list of "host:port"')
        for address in addresses:
            if not _is_address(address):
                raise tf_config_error(
                    f'"{job}" is not a list of "host:port" with ports from 1 to 65535: '
                    f"{shortened(json.dumps(address))}"
                )
    found = collections.Counter(itertools.chain.from_iterable(cluster.values()))
    for address, count in found.items():
        if count > 1:
            raise tf_config_error(
                f"{shortened(address)} is the address of {count} tasks"
            )


def _is_address(address):
    if not isinstance(address, str):
        return False
    host, _, port = address.rpartition(":")
    return bool(
        # An IPv6 address is written in brackets, because it contains colons.
        re.fullmatch(r"\[[\w:.%-]+\]|[^\s:/\[\]]+", host)
        and re.fullmatch(r"[0-9]{1,5}", port)
        and 1 <= int(port) <= 65_535
    )
