"""Reserves a run for one process at a time."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from trainers.storage.folder_lock import FolderLock


@contextlib.contextmanager
def claim(folder: Path, run_folder: Path) -> Iterator[None]:
    """Reserves a run until the context ends.

    Args:
        folder: a folder for the claims on this run; it is made if it is not there.
        run_folder: the folder of the run, or of the model that it reads. It may be in
            use although nobody claims the run: if `trainers.reproduce` was killed, the
            training that it had started may still go on.

    Raises:
        FolderInUse: if another process works on the run.
        OSError: if the folder cannot be made or locked.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = FolderLock(folder)
    try:
        if run_folder.is_dir():
            FolderLock(run_folder).release()
        yield
    finally:
        lock.release()
