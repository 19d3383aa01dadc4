"""Files that are there whole or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

PREFIX = ".partial-"


@contextlib.contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Gives the path of a new file, which replaces `path` once it is written.

    Whatever happens meanwhile, a full disk or `kill -9`, `path` holds what it held
    before or the new content, never a part of it.

    Args:
        path: the file to write or to replace.

    Yields:
        Where to write: beside `path`, with the same ending.

    Raises:
        OSError: if it cannot be written; names `path`.

    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp(), "metrics.json")
    >>> with whole_file(path) as partial:
    ...     _ = partial.write_text("{}")
    ...     path.exists()
    False
    >>> path.read_text()
    '{}'
    """
    partial = path.with_name(PREFIX + path.name)
    try:
        yield partial
        # Without this a power cut can leave an empty file under the new name.
        with open(partial, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(partial, path)
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
