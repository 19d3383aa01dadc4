"""The folder of a run, with everything that it saves."""

import contextlib
import dataclasses
import os
from collections.abc import Collection, Sequence
from pathlib import Path

from trainers.cli.earlier_flags import EarlierFlags
from trainers.cli.errors import RunFailed, UserError
from trainers.cli.paths import check_output_folder
from trainers.storage.atomic_file import (
    atomic_file,
    delete_partial_files,
    is_partial,
)
from trainers.storage.checkpoint_files import checkpoint_files
from trainers.storage.folder_lock import NAME as LOCK
from trainers.storage.folder_lock import FolderInUse, FolderLock
from trainers.storage.json_file import write_object
from trainers.storage.metrics_file import METRICS, read_metrics
from trainers.storage.model_file import MODEL
from trainers.storage.run_record import FLAGS, RunRecord


class RunFolder:
    """A run's folder: flags, best model, metrics, logs and checkpoints.

    Files are written completely or not at all, so a run that is killed at any moment
    leaves nothing half-written. Nothing is written before `open`. Between `open` and
    `close`, or the end of the process, no other process can open the folder.

    Args:
        path: the folder, which need not exist.
        flags: the flags that define this run. A folder with another run is refused.
        given: names of the flags that the command line sets, see
            `RunRecord.resumed_flags`; by default all of them.
        unused: names of the flags that have no effect.
        earlier: what the flags of a run started by an earlier version mean today.

    Attributes:
        flags: the flags of the run; once it has started, those it was started with.

    Raises:
        UserError: if the folder holds something else, or cannot be read.
    """

    def __init__(
        self,
        path: str | os.PathLike,
        flags: dict,
        *,
        given: Collection[str] | None = None,
        unused: Collection[str] = (),
        earlier: EarlierFlags | None = None,
    ):
        self.path = Path(path)
        self._wanted = flags
        self._given = frozenset(flags if given is None else given) - set(unused)
        self._unused = unused
        self._earlier = earlier or EarlierFlags()
        self._lock = None
        with self._named():
            self._record = self._look()
            self.flags = self._flags_of(self._record)

    @property
    def model(self) -> Path:
        """Path of the best model."""
        return self.path / MODEL

    @property
    def checkpoints(self) -> Path:
        """Folder of the checkpoints."""
        return self.path / "checkpoints"

    @property
    def is_released(self) -> bool:
        """Whether the folder was published; such a run is reported, never continued."""
        return self._record is not None and self._record.released

    @property
    def has_begun(self) -> bool:
        """Whether there is a checkpoint or a finished run."""
        return bool(checkpoint_files(self.checkpoints)) or self.metrics() is not None

    @property
    def records_its_text(self) -> bool:
        """Whether flags.json says which text the run reads, or will say so."""
        return self._record is None or bool(self._record.text)

    def open(self, text: dict | None = None, version: str | None = None) -> None:
        """Makes the folder if it is new, locks it, and writes flags.json if it is new.

        Args:
            text: fingerprints of the text that the run reads, by part.
            version: version of the library.

        Raises:
            UserError: if the folder cannot be written, if another process is using it,
                or if it now holds another run or a run that was started with another
                text.
        """
        text = text or {}
        with self._named():
            self.path.mkdir(parents=True, exist_ok=True)
            try:
                self._lock = FolderLock(self.path)
            except FolderInUse as error:
                raise self._error(
                    f"is in use by {error}; wait for it, stop it or choose another "
                    "folder"
                ) from error
            try:
                # Since `__init__`, another process may have started a run here.
                record = self._look()
                if self._flags_of(record) != self.flags:
                    raise self._error(
                        "was changed by another process; start the same command again"
                    )
                self._record = record
                self.check_text(text)
                for folder in (self.path, self.checkpoints):
                    delete_partial_files(folder)
                if record is None:
                    self._write(RunRecord(self.flags, self._given, text, version))
            except BaseException:
                self.close()
                raise

    def record_text(self, text: dict) -> None:
        """Adds the fingerprints of the text to the flags.json of an older run."""
        self.check_lock()
        self._write(dataclasses.replace(self._record, text=text))

    def close(self) -> None:
        """Lets other processes open the folder."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def check_text(self, text: dict, where: str = "the corpus") -> None:
        """Checks that a text is the one that the run was started with.

        Args:
            text: fingerprints by part.
            where: the flag that names the text, with its value.

        Raises:
            UserError: if it differs; names the parts that do.
        """
        parts = self._record.text_differences(text) if self._record else []
        if parts:
            raise self.another_text(where, parts)

    def another_text(self, where: str, parts: Sequence[str]) -> UserError:
        """Returns the error for a text that the run was not started with.

        Args:
            where: the flag that names the text, with its value.
            parts: the parts of it that differ.
        """
        return UserError(
            f"{where}: its {' and its '.join(parts)} "
            f"{'is' if len(parts) == 1 else 'are'} not what the run in {self.path} was "
            "started with; restore that text or choose another --output_dir"
        )

    def check_lock(self) -> None:
        """Checks that the folder still belongs to this process, before it writes.

        Raises:
            RunFailed: if another process has taken the folder.
            OSError: if it was deleted or replaced.
        """
        if self._lock is None:
            return
        try:
            self._lock.check()
        except FolderInUse as error:
            raise RunFailed(
                f"{self.path / LOCK}: was deleted, and {error} has taken the folder; "
                "nothing more is written"
            ) from error

    def metrics(self, bounds: Collection[str] = ()) -> dict | None:
        """Returns the metrics of a finished run, or `None` if it is not finished.

        Args:
            bounds: names of figures that the validation and test parts must have.

        Raises:
            UserError: if no run can have written them.
        """
        with self._named():
            return read_metrics(self.path / METRICS, bounds)

    def write_metrics(self, metrics: dict) -> None:
        """Writes metrics.json, which marks the run as finished."""
        self.check_lock()
        write_object(self.path / METRICS, metrics)

    def save_model(self, model) -> None:
        """Saves a model as the best one."""
        self.check_lock()
        with atomic_file(self.model) as partial:
            model.save(partial)

    def _look(self):
        """Returns the record of the folder's run, or `None` if a run can begin here."""
        if not os.path.lexists(self.path):
            check_output_folder(self.path)
            return None
        if not self.path.is_dir():
            raise self._error("is not a folder")
        record = RunRecord.read(self.path / FLAGS)
        if record is None and not all(map(_is_leftover, self.path.iterdir())):
            raise self._error("is not empty and holds no run; choose another folder")
        return record

    def _flags_of(self, record):
        if record is None:
            return dict(self._wanted)
        own, differences = record.resumed_flags(
            self._wanted,
            self._given,
            self._unused,
            self._earlier,
            is_reported=record.released or (self.path / METRICS).exists(),
        )
        if differences:
            raise self._error(
                f"holds another run ({'; '.join(differences)}); choose another folder"
            )
        return own

    def _write(self, record):
        record.write(self.path / FLAGS)
        self._record = record

    def _error(self, message):
        return UserError(f"--output_dir={self.path}: {message}")

    @contextlib.contextmanager
    def _named(self):
        """Turns an error of the operating system into a message about the folder."""
        try:
            yield
        except OSError as error:
            raise self._error(error.strerror or str(error)) from error


def _is_leftover(file):
    """Returns whether a run that was killed before it wrote flags.json left a file."""
    if file.name == LOCK:
        return file.is_file() and not file.is_symlink()
    return is_partial(file)
