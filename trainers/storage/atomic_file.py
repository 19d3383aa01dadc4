"""Files that are there whole or not at all."""

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from trainers.cli.paths import PREFIX

# A file on its way has a random name: whoever knew it beforehand could put a link
# there. Earlier versions left the random part out.
_PARTIAL = re.compile(re.escape(PREFIX) + ".+")


@contextlib.contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Gives the path of a new file, which replaces `path` once it is written.

    Whatever happens meanwhile, a full disk or `kill -9`, `path` holds what it held
    before or the new content, never a part of it. If `path` is a link, the link is
    replaced and what it points to is left alone.

    Args:
        path: the file to write or to replace.

    Yields:
        Where to write: an empty file in the same folder, with the same ending.

    Raises:
        OSError: if it cannot be written; names `path`.

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
        # With O_EXCL the file is a new one, and not what a link points to.
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o666))
        yield partial
        # Without this a power cut can leave an empty file under the new name.
        _sync(partial)
        os.replace(partial, path)
        # And without this it can undo the renaming, though not a later one elsewhere.
        # Not every file system knows how, and the file is written.
        with contextlib.suppress(OSError):
            _sync(path.parent)
    except OSError as error:
        reason = error.strerror or str(error)
        raise OSError(
            error.errno,
            f"cannot be written ({reason}); the files saved before are whole, and the "
            "same command goes on from them",
            str(path),
        ) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def is_partial(path: Path) -> bool:
    """Whether `path` is what a killed process left of a file that it was writing.

    A link is not: no process of this program makes one.
    """
    try:
        regular = stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False
    return regular and _PARTIAL.fullmatch(path.name) is not None


def delete_partial_files(folder: Path) -> None:
    """Deletes what killed processes left in `folder`, which nobody else may write in.

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
