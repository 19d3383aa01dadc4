"""Texts that are encoded once and then read from disk."""

import abc
import contextlib
import errno
import fcntl
import os
import pathlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from tqdm import tqdm

from tf_vmfvae.data.files.encoded_folder import read_record

PARTIAL = ".partial-"
Encoded = TypeVar("Encoded")


class Encoding(abc.ABC, Generic[Encoded]):
    """A text of the user's and how it is encoded, for `read_through_cache`.

    Attributes:
        name: name of the folder that holds an encoded text, once all of it is written;
            the record in it has the same name and the ending ".json".
        version: version of the files there.
        examples: what a text consists of, in the plural.
        path: the file or folder that the user named.
        labels: that of the labels, if these are encoded too.
        size: number of bytes of the text.
        origin: what its record holds whatever its content: where it is, and how it is
            encoded.
    """

    name: str
    version: int
    examples: str
    path: pathlib.Path
    labels: pathlib.Path | None = None
    size: int
    origin: dict

    @abc.abstractmethod
    def key(self) -> str:
        """Returns a name that depends on all that the encoded text depends on."""

    @abc.abstractmethod
    def estimate_size(self) -> int:
        """Returns about how many bytes the text takes when it is encoded."""

    @abc.abstractmethod
    def encode(self, folder: pathlib.Path) -> None:
        """Encodes the text in an empty folder."""

    @abc.abstractmethod
    def read(self, folder: pathlib.Path) -> Encoded | None:
        """Returns the text that was encoded in a folder, or None if it is not whole."""

    @abc.abstractmethod
    def count(self, found: Encoded) -> int:
        """Returns of how many examples an encoded text consists."""

    def record(self, folder: pathlib.Path) -> pathlib.Path:
        """Returns the record in a folder."""
        return folder / f"{self.name}.json"


def read_through_cache(
    text: Encoding[Encoded],
    cache_dir: str | os.PathLike,
    report: Callable[[str], object] | None = None,
) -> tuple[Encoded, list[str]]:
    """Reads an encoded text; encodes it first if that has not been done.

    It is encoded in a folder within `cache_dir` that has the name of its key. From then
    on it is read from there, whatever its files are called. If another process is
    encoding the same text, this one waits for it. If the text has changed, it is
    encoded again and the older copy is deleted.

    Args:
        text: the text.
        cache_dir: folder for encoded texts, which need not exist.
        report: called with a line before and after work that may take minutes, `print`
            for example.

    Returns:
        The encoded text, and notes on what was done, one per line.

    Raises:
        ValueError: the text is unusable, or changes while it is read.
        OSError: `cache_dir` cannot be used, or has less room than the encoded text
            needs; the message says so and what to do.
    """
    report = report or (lambda line: None)
    cache_dir, key = pathlib.Path(cache_dir), text.key()
    folder = cache_dir / key / text.name
    notes = [f"was encoded before, in {folder.parent}"]
    with _naming(cache_dir):
        found = text.read(folder)
        if found is None:
            waiting = f"waiting until another process has encoded {text.path}"
            with _only_one(folder.parent, lambda: report(waiting)):
                # Another process may have encoded it in the meantime.
                found = text.read(folder)
                if found is None:
                    started = time.monotonic()
                    report(_check_room(text, folder.parent))
                    _encode(text, folder, key)
                    found = text.read(folder)
                    seconds = time.monotonic() - started
                    count = f"{text.count(found)} {text.examples}"
                    report(f"encoded {count} in {seconds:.0f} s")
                    notes = [f"encoded in {folder.parent}, where later runs find it"]
            notes += _delete_older(cache_dir, key, text)
    return found, [f"{text.path}: {note}" for note in notes]


def _check_room(text, folder):
    """Returns a line that says what will be encoded where.

    Raises:
        OSError: if the file system has less room than is needed.
    """
    needed = tqdm.format_sizeof(size := text.estimate_size(), "B")
    free = shutil.disk_usage(folder).free
    if size > free:
        raise OSError(
            errno.ENOSPC,
            f"{os.strerror(errno.ENOSPC)}: {text.path} takes about {needed} when "
            f"encoded, and {tqdm.format_sizeof(free, 'B')} are free",
        )
    read = tqdm.format_sizeof(text.size, "B")
    return f"encoding {text.path} ({read}) in {folder}, which takes about {needed}"


def _encode(text, folder, key):
    """Encodes a text completely or not at all."""
    for leftover in folder.parent.glob(f"{PARTIAL}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=folder.parent) as private:
        # The temporary folder is private. This one has the usual permissions.
        content = pathlib.Path(private, "content")
        content.mkdir()
        text.encode(content)
        if text.key() != key:
            labels = f" or {text.labels}" if text.labels else ""
            raise ValueError(
                f"{text.path}{labels} changed while it was read: start again"
            )
        # What is there was damaged later, or is of another version.
        shutil.rmtree(folder, ignore_errors=True)
        os.rename(content, folder)


def _delete_older(cache_dir, key, text):
    """Deletes what was encoded when a text had another content; returns notes."""
    what = "it or its labels have" if text.labels else "has"
    for folder in cache_dir.glob(f"*/{text.name}"):
        is_own = folder.parent.name == key
        record = None if is_own else read_record(text.record(folder), text.version)
        # A record of an earlier version may lack what was not there yet.
        if record is not None and all(
            record.get(name) == value for name, value in text.origin.items()
        ):
            shutil.rmtree(folder.parent, ignore_errors=True)
            yield (
                f"{what} changed since it was last encoded, and the older copy is "
                "deleted"
            )


@contextlib.contextmanager
def _only_one(folder: pathlib.Path, on_wait: Callable[[], object]) -> Iterator[None]:
    """Makes a folder, and waits until no other process is in such a `with` for it.

    If a process is killed, the system lets the next one in. On file systems without
    locks nobody waits, and whoever is last replaces what the others wrote.

    Args:
        folder: the folder.
        on_wait: called if there is another process to wait for.
    """
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            with contextlib.suppress(OSError):
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    on_wait()
                    fcntl.flock(descriptor, fcntl.LOCK_EX)
            # The process that had the lock may have deleted the folder.
            if not folder.exists() or not os.path.samestat(
                os.stat(folder), os.fstat(descriptor)
            ):
                continue
            yield
            return
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _naming(cache_dir):
    """Names the folder, and what to do, in an error of the operating system."""
    try:
        yield
    except OSError as error:
        raise OSError(
            error.errno,
            f"cannot be used ({error.strerror or error}): free some space there, or "
            "give another cache_dir (to a program: another folder for caches, "
            "XDG_CACHE_HOME)",
            str(cache_dir),
        ) from error
