"""Checks that the workers' addresses can be used before TensorFlow waits for them."""

import concurrent.futures
import errno
import socket
import time

from trainers.cli.errors import RunFailed, UserError
from trainers.cli.ranges import shortened

# Seconds that a host name may take to become known: in a cluster, the names of the
# other machines appear as these start.
PATIENCE = 20.0
# How many names are looked up at once.
LOOK_UPS = 32


def check_addresses(
    addresses: dict[str, str], own: str, patience: float = PATIENCE
) -> None:
    """Checks that the workers can reach each other; TensorFlow would hang silently.

    Args:
        addresses: `"host:port"` by the worker's name.
        own: the name of this worker.
        patience: how many seconds to wait until every host name is known.

    Raises:
        UserError: if a host name cannot be resolved.
        RunFailed: if this worker's port is in use.
    """
    _check_port(own, addresses[own])
    until = time.monotonic() + patience
    announced = False
    while unknown := _unresolved(addresses):
        name, why = next(iter(unknown.items()))
        host = shortened(_host(addresses[name]))
        if not announced:
            print(f"waiting until the host of {name}, {host!r}, can be resolved")
            announced = True
        if time.monotonic() > until:
            raise UserError(
                f"TF_CONFIG: the host of {name}, {host!r}, cannot be resolved ({why})"
            )
        time.sleep(min(1.0, patience))


def _unresolved(addresses) -> dict[str, str]:
    """Returns why a worker's host cannot be resolved, for each that cannot."""

    def complaint(address):
        try:
            socket.getaddrinfo(_host(address), None)
        except (OSError, UnicodeError) as error:
            return getattr(error, "strerror", None) or str(error)
        return None

    # Each look-up may take seconds.
    with concurrent.futures.ThreadPoolExecutor(LOOK_UPS) as pool:
        complaints = list(pool.map(complaint, addresses.values()))
    found = zip(addresses, complaints, strict=True)
    return {name: why for name, why in found if why}


def _host(address):
    return address.rpartition(":")[0].strip("[]")


def _check_port(name, address):
    """Checks that no other program is listening on this worker's port."""
    port = int(address.rpartition(":")[2])
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            with socket.socket(family) as tried:
                # A port whose connections have just been closed is free.
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    tried.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                tried.bind(("", port))
        except OSError as error:
            # Any other error means that the machine lacks this kind of address.
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                raise RunFailed(
                    f"TF_CONFIG: {name}'s port {port} cannot be opened on this machine "
                    f"({error.strerror}); stop the program that uses it, or choose "
                    "another port for every worker"
                ) from error
