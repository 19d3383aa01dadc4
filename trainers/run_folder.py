"""The folder that a run leaves behind."""

import errno
import fcntl
import json
import os
import socket
from pathlib import Path

from trainers.command_line import UserError
from trainers.whole_file import PREFIX, whole_file

FLAGS, METRICS, MODEL, LOCK = "flags.json", "metrics.json", "model.keras", "lock"
SPLITS = ("train", "validation", "test")


class RunFolder:
    """A run's folder: flags, best model, metrics, logs and checkpoints.

    Every file appears whole, so that a run killed at any moment leaves nothing
    half-written. Nothing is written before `open`; from then on until `close`, or the
    end of the process in whatever way, no other process can open it.

    Args:
        path: the folder, which need not exist.
        flags: the flags that make this run what it is. A folder that holds a run
            of other flags is refused.

    Raises:
        UserError: if the folder holds something else, or cannot be read.
    """

    def __init__(self, path: str | os.PathLike, flags: dict):
        self.path = Path(path)
        self._flags = flags
        self._lock = None
        try:
            self._check()
        except OSError as error:
            raise self._error(error.strerror) from error

    @property
    def model(self) -> Path:
        """Where the best model lies."""
        return self.path / MODEL

    @property
    def checkpoints(self) -> Path:
        """Where the state to go on from lies."""
        return self.path / "checkpoints"

    def open(self) -> None:
        """Makes the folder, if it is new, and writes the flags.

        Raises:
            UserError: if it cannot be made or written, or if another process has it.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            self._take()
            self._write(FLAGS, self._flags)
        except OSError as error:
            raise self._error(os.strerror(error.errno)) from error

    def close(self) -> None:
        """Lets another process open the folder."""
        if self._lock is not None:
            self._lock.close()

    def metrics(self) -> dict | None:
        """Returns the metrics of a finished run, else `None`."""
        metrics = self._read(METRICS)
        if metrics is not None and not all(split in metrics for split in SPLITS):
            raise _unusable(self.path / METRICS, "it lacks a split")
        return metrics

    def write_metrics(self, metrics: dict) -> None:
        """Writes metrics.json: the run is finished."""
        self._write(METRICS, metrics)

    def save_model(self, model) -> None:
        """Replaces model.keras by `model`."""
        with whole_file(self.model) as partial:
            model.save(partial)

    def _take(self):
        """Locks the folder; the system unlocks it when the file is closed."""
        self._lock = open(self.path / LOCK, "a+")  # noqa: SIM115
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.seek(0)
            holder = self._lock.read().strip() or "another process"
            self._lock.close()
            raise self._error(
                f"is in use by {holder}; wait for it, stop it or name another folder"
            ) from None
        except OSError as error:
            # A file system that knows no locks is no reason to do nothing.
            if error.errno not in (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS):
                raise
        self._lock.truncate(0)
        self._lock.write(f"process {os.getpid()} on {socket.gethostname()}\n")
        self._lock.flush()

    def _check(self):
        if not self.path.exists():
            nearest = next(
                path for path in self.path.absolute().parents if path.exists()
            )
            if not (nearest.is_dir() and os.access(nearest, os.W_OK)):
                raise self._error(f"cannot be made in {nearest}; name another folder")
            return
        if not self.path.is_dir():
            raise self._error("is no folder")
        known = self._read(FLAGS)
        if known is not None:
            self._compare(known)
        elif any(
            file.name != LOCK and not file.name.startswith(PREFIX)
            for file in self.path.iterdir()
        ):
            raise self._error("is not empty and holds no run; name another folder")

    def _compare(self, known):
        flags = self._flags
        changed = [
            f"--{name} was {known.get(name)}, now {flags.get(name)}"
            for name in sorted(known.keys() | flags.keys())
            if known.get(name) != flags.get(name)
        ]
        if changed:
            raise self._error(
                f"holds another run ({'; '.join(changed)}); name another folder"
            )

    def _error(self, message):
        return UserError(f"--output_dir={self.path}: {message}")

    def _read(self, name):
        file = self.path / name
        if not file.exists():
            return None
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except (ValueError, RecursionError) as error:
            raise _unusable(file, str(error)) from error
        if not isinstance(content, dict):
            raise _unusable(file, "it holds no object")
        return content

    def _write(self, name, content):
        with whole_file(self.path / name) as partial:
            partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _unusable(file, reason):
    return UserError(
        f"{file}: is not what a run wrote ({reason}); put the right one back or name "
        "another --output_dir"
    )


def find_model(path: str, flag: str = "model") -> Path:
    """Returns the .keras file that `path`, a run folder or the file itself, names.

    Args:
        path: a flag's value.
        flag: its name.

    Raises:
        UserError: if there is none.
    """
    found = Path(path) / MODEL if Path(path).is_dir() else Path(path)
    if not found.is_file():
        raise UserError(
            f"--{flag}={path}: {found} does not exist; give a run folder or a .keras "
            "file"
        )
    return found
