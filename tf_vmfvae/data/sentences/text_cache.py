"""Texts that are encoded once and then read from disk."""

import contextlib
import errno
import fcntl
import hashlib
import os
import pathlib
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Callable, Iterator

from tqdm import tqdm

from tf_vmfvae.data.files.text_file import CHUNK, open_bytes
from tf_vmfvae.data.sentences.encoded_text import (
    FORMAT,
    EncodedText,
    encode,
    estimate_size,
    read_encoded,
    read_record,
    source_of,
)
from tf_vmfvae.data.sentences.own_text import (
    TextFiles,
    find_files,
    held_out_notes,
)

# In the folder of a text: the encoded text, once all of it is written.
CONTENT = "text"
PARTIAL = ".partial-"


def read_large_text(
    path: str | os.PathLike,
    cache_dir: str | os.PathLike,
    max_length: int,
    report: Callable[[str], object] | None = None,
    labels: str | os.PathLike | None = None,
) -> tuple[EncodedText, list[str]]:
    """Reads a user's text as `read_own_text` does, but leaves it on disk.

    The first time, the text is encoded in a folder within `cache_dir` whose name
    depends on every byte of the text and of its labels. From then on it is read from
    there, whatever its files are called. If another process is encoding the same text,
    this one waits for it. If the text at `path` or its labels have changed, it is
    encoded again and the older copy is deleted.

    Args:
        path: the file or folder, as for `read_own_text`.
        cache_dir: folder for encoded texts, which need not exist.
        max_length: words after which a sentence is cut, not counting `<eos>`.
        report: called with a line before and after work that may take minutes, `print`
            for example.
        labels: the file or folder of the labels, as for `read_own_text`.

    Returns:
        The text, and notes on what was done, one per line.

    Raises:
        ValueError: as `read_own_text` and `number_labels`, the text changes while it is
            read, or a file is a pipe.
        OSError: `cache_dir` cannot be used, or has less room than the encoded text
            needs; the message says so and what to do.
    """
    report = report or (lambda line: None)
    text, cache_dir = find_files(path, labels), pathlib.Path(cache_dir)
    if text.pipe:
        raise ValueError(
            f"{text.pipe} is not a file on disk and can be read only once, but a text "
            "that is encoded is read several times: give a file, or no cache_dir"
        )
    key = _key(text, max_length)
    folder = cache_dir / key / CONTENT
    notes = [f"was encoded before, in {folder.parent}"]
    with _naming(cache_dir):
        found = read_encoded(text, folder)
        if found is None:
            waiting = f"waiting until another process has encoded {path}"
            with _only_one(folder.parent, lambda: report(waiting)):
                # Another process may have encoded it in the meantime.
                found = read_encoded(text, folder)
                if found is None:
                    started = time.monotonic()
                    report(_check_room(text, folder.parent, max_length))
                    _encode(text, folder, max_length, key)
                    found = read_encoded(text, folder)
                    count = sum(map(len, found.splits.values()))
                    seconds = time.monotonic() - started
                    report(f"encoded {count} sentences in {seconds:.0f} s")
                    notes = [f"encoded in {folder.parent}, where later runs find it"]
            notes += _delete_older(cache_dir, key, text, max_length)
    notes = [f"{path}: {note}" for note in notes]
    return found, [*text.notes, *held_out_notes(text, found.held_out), *notes]


def _key(text: TextFiles, max_length: int) -> str:
    """Returns a name that depends on everything that the encoded text depends on."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(f"{FORMAT} {max_length} {unicodedata.unidata_version}\n".encode())
    for holds, path in text.files:
        content = hashlib.blake2b(digest_size=16)
        with open_bytes(path) as file:
            while chunk := file.read(CHUNK):
                content.update(chunk)
        digest.update(f"{holds} {content.hexdigest()}\n".encode())
    return digest.hexdigest()


def _check_room(text, folder, max_length):
    """Returns a line that says what will be encoded where.

    Raises:
        OSError: if the file system has less room than is needed.
    """
    needed = tqdm.format_sizeof(size := estimate_size(text, max_length), "B")
    free = shutil.disk_usage(folder).free
    if size > free:
        raise OSError(
            errno.ENOSPC,
            f"{os.strerror(errno.ENOSPC)}: {text.path} takes about {needed} when "
            f"encoded, and {tqdm.format_sizeof(free, 'B')} are free",
        )
    read = tqdm.format_sizeof(text.size, "B")
    return f"encoding {text.path} ({read}) in {folder}, which takes about {needed}"


def _encode(text, folder, max_length, key):
    """Encodes a text completely or not at all."""
    for leftover in folder.parent.glob(f"{PARTIAL}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=PARTIAL, dir=folder.parent) as private:
        # The temporary folder is private. This one has the usual permissions.
        content = pathlib.Path(private, "content")
        content.mkdir()
        encode(text, content, max_length)
        if _key(text, max_length) != key:
            labels = "" if text.labels is None else f" or {text.labels}"
            raise ValueError(
                f"{text.path}{labels} changed while it was read: start again"
            )
        # What is there was damaged later, or is of another version.
        shutil.rmtree(folder, ignore_errors=True)
        os.rename(content, folder)


def _delete_older(cache_dir, key, text, max_length):
    """Deletes what was encoded when a text had another content; returns notes."""
    own = {**source_of(text), "max_length": max_length}
    what = "has" if text.labels is None else "it or its labels have"
    for folder in cache_dir.glob(f"*/{CONTENT}"):
        record = read_record(folder) if folder.parent.name != key else None
        if record is not None and own.items() <= record.items():
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
