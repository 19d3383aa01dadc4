"""The folder that a run leaves behind."""

import contextlib
import dataclasses
import os
from collections.abc import Collection
from pathlib import Path

from trainers.cli.earlier_flags import EarlierFlags
from trainers.cli.errors import RunFailed, UserError
from trainers.storage.atomic_file import (
    delete_partial_files,
    is_partial,
    whole_file,
)
from trainers.storage.checkpoint_files import checkpoint_files
from trainers.storage.folder_lock import NAME as LOCK
from trainers.storage.folder_lock import FolderInUse, FolderLock
from trainers.storage.json_file import write_object
from trainers.storage.metrics_file import read_metrics
from trainers.storage.model_file import MODEL
from trainers.storage.run_record import RunRecord

FLAGS, METRICS = "flags.json", "metrics.json"
# What a message calls the parts of a text.
_PARTS = {
    "train": "training part",
    "validation": "validation part",
    "test": "test part",
    "synthetic": "text",
    "pretrained": "model",
}
_UNITS = {"vocabulary": "words", "pretrained": "bytes"}


class RunFolder:
    """A run's folder: flags, best model, metrics, logs and checkpoints.

    Every file appears whole, so that a run killed at any moment leaves nothing
    half-written. Nothing is written before `open`; from then on until `close`, or the
    end of the process in whatever way, no other process can open it.

    Args:
        path: the folder, which need not exist.
        flags: the flags that make this run what it is. A folder that holds a run
            of other flags is refused.
        given: names of those that the command line sets, see
            `RunRecord.flags_to_go_by`; by default all.
        unused: names of those that have no effect.
        earlier: what the flags of a run begun by an earlier version mean today.

    Attributes:
        flags: the flags that the run goes by: those that it was begun with, if it was.

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
        given = flags if given is None else given
        self._command = flags, given, unused, earlier or EarlierFlags()
        self._lock = None
        with self._named():
            self._record = self._look()
            self.flags = self._flags_of(self._record)

    @property
    def model(self) -> Path:
        """Where the best model lies."""
        return self.path / MODEL

    @property
    def checkpoints(self) -> Path:
        """Where the state to go on from lies."""
        return self.path / "checkpoints"

    @property
    def is_released(self) -> bool:
        """Whether the folder was published as it is, with a model to report on."""
        return self._record is not None and self._record.released

    @property
    def has_begun(self) -> bool:
        """Whether there is anything to go on from, or a finished run."""
        return bool(checkpoint_files(self.checkpoints)) or self.metrics() is not None

    @property
    def knows_its_text(self) -> bool:
        """Whether the run's flags.json says which text it reads."""
        return self._record is None or bool(self._record.text)

    def open(self, text: dict | None = None, version: str | None = None) -> None:
        """Makes the folder, if it is new, locks it, and writes what makes the run.

        Args:
            text: fingerprints of what the run reads, which are to be those of before.
            version: of the library.

        Raises:
            UserError: if it cannot be made or written, if another process has it, or if
                by now it holds another run.
        """
        text = text or {}
        with self._named():
            self.path.mkdir(parents=True, exist_ok=True)
            try:
                self._lock = FolderLock(self.path)
            except FolderInUse as error:
                raise self._error(
                    f"is in use by {error}; wait for it, stop it or name another folder"
                ) from error
            try:
                # Another process may have begun a run here since `__init__`.
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
                    _, given, unused, _ = self._command
                    given = frozenset(given) - frozenset(unused)
                    self._write(RunRecord(self.flags, given, text, version))
            except BaseException:
                self.close()
                raise

    def note_text(self, text: dict) -> None:
        """Notes what an older run reads, whose flags.json does not say so."""
        self.check_lock()
        self._write(dataclasses.replace(self._record, text=text))

    def close(self) -> None:
        """Lets another process open the folder."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def check_text(self, text: dict, where: str = "the corpus") -> None:
        """Makes sure that a text is the one that the run was begun with.

        Args:
            text: fingerprints by part.
            where: what the message calls the corpus, a flag with its value.

        Raises:
            UserError: if it is another one; says in which parts.
        """
        changed = self._record.changed_parts(text) if self._record else []
        if not changed:
            return
        then = self._record.text
        parts = [
            f"{_PARTS.get(name, name)} ({_counts(name, then[name], text[name])})"
            for name in changed
        ]
        raise UserError(
            f"{where}: its {' and its '.join(parts)} "
            f"{'is' if len(parts) == 1 else 'are'} not what the run in {self.path} was "
            "begun with; put that back or name another --output_dir"
        )

    def check_lock(self) -> None:
        """Makes sure that the folder is still this run's, before something is written.

        Raises:
            RunFailed: if another process has taken it.
            OSError: if it was replaced or deleted.
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
        """Returns the metrics of a finished run, else `None`.

        Args:
            bounds: names of the figures that validation and test part must have.

        Raises:
            UserError: if they are not what a run wrote.
        """
        with self._named():
            return read_metrics(self.path / METRICS, bounds)

    def write_metrics(self, metrics: dict) -> None:
        """Writes metrics.json: the run is finished."""
        self.check_lock()
        write_object(self.path / METRICS, metrics)

    def save_model(self, model) -> None:
        """Replaces model.keras by `model`."""
        self.check_lock()
        with whole_file(self.model) as partial:
            model.save(partial)

    def _look(self):
        """What the folder holds: the record of a run, or nothing that would be lost."""
        if not os.path.lexists(self.path):
            nearest = next(
                path for path in self.path.absolute().parents if path.exists()
            )
            if not (nearest.is_dir() and os.access(nearest, os.W_OK)):
                raise self._error(f"cannot be made in {nearest}; name another folder")
            return None
        if not self.path.is_dir():
            raise self._error("is not a folder")
        record = RunRecord.read(self.path / FLAGS)
        if record is None and not all(map(_is_of_no_run, self.path.iterdir())):
            raise self._error("is not empty and holds no run; name another folder")
        return record

    def _flags_of(self, record):
        flags = self._command[0]
        if record is None:
            return dict(flags)
        is_reported = record.released or (self.path / METRICS).exists()
        own, differences = record.flags_to_go_by(*self._command, is_reported)
        if differences:
            raise self._error(
                f"holds another run ({'; '.join(differences)}); name another folder"
            )
        return own

    def _write(self, record):
        record.write(self.path / FLAGS)
        self._record = record

    def _error(self, message):
        return UserError(f"--output_dir={self.path}: {message}")

    @contextlib.contextmanager
    def _named(self):
        """Turns what the system says into a message about the folder."""
        try:
            yield
        except OSError as error:
            raise self._error(error.strerror or str(error)) from error


def _is_of_no_run(file):
    """Whether a run that was killed before its flags were written may have left it."""
    if file.name == LOCK:
        return file.is_file() and not file.is_symlink()
    return is_partial(file)


def _counts(name, then, now):
    unit = _UNITS.get(name, "examples")
    if then["count"] == now["count"]:
        return f"{now['count']} {unit} as then, but others"
    return f"{now['count']} {unit}, {then['count']} then"
