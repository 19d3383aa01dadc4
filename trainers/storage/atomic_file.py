"""Writes files completely or not at all."""

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from trainers.cli.paths import PREFIX

# A file that is being written has a random name, because anyone who could predict it
# could put a link there. Earlier versions had no random part.
_PARTIAL = re.compile(re.escape(PREFIX) + ".+")


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Yields the path of a new file, which replaces `path` once it is written.

    Whatever happens meanwhile, a full disk or `kill -9`, `path` has either its old
    content or all of the new. If `path` is a link, the link is replaced and its target
    is left alone.

    Args:
        path: the file to write or to replace.

    Yields:
        The path of an empty file in the same folder, with the same suffix.

    Raises:
        OSError: if the file cannot be written; names `path`.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "metrics.json")
    >>> with atomic_file(path) as partial:
    ...     _ = partial.write_text("{}")
    ...     path.exists()
    False
    >>> path.read_text()
    '{}'
    """
    partial = path.with_name(f"{PREFIX}{secrets.token_hex(8)}-{path.name}")
    try:
        # O_EXCL makes sure that the file is new, and not the target of a link.
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        yield partial
        # Without this, a power cut can leave an empty file under the new name.
        _sync(partial)
        os.replace(partial, path)
        # Without this, it can undo this renaming but keep later ones in other folders.
        # Some file systems cannot do it; the file is written all the same.
        with contextlib.suppress(OSError):
            _sync(path.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(
            error.errno,
            f"cannot be written ({reason}); the files saved before are intact; start "
            "the same command again once it can",
            str(path),
        ) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def is_partial(path: Path) -> bool:
    """Returns whether a killed process left `path` while it was writing a file.

    Links are not partial files, because this program never makes any.
    """
    try:
        regular = stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
    return regular and _PARTIAL.fullmatch(path.name) is not None


def delete_partial_files(folder: Path) -> None:
    """Deletes the partial files in a folder that no other process is using.

    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / ".partial-0123-metrics.json").write_text("{")
    >>> delete_partial_files(folder)
    >>> list(folder.iterdir())
    []
    """
    with contextlib.suppress(FileNotFoundError):
        for path in list(folder.iterdir()):
            if is_partial(path):
                path.unlink()


def _sync(path):
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
