"""Reserves a folder for one process at a time."""

import contextlib
import errno
import fcntl
import os
import socket
import stat
from pathlib import Path

NAME = "lock"
# Errors of file systems without locks, or without locks on folders (NFS).
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF, errno.EINVAL)


class FolderInUse(Exception):
    """Another process is using the folder; the message names the process."""


class FolderLock:
    """Keeps other processes out of a folder until `release`.

    If the process ends or is killed, the system releases the lock. There are two locks:
    one on the folder itself, which remains if someone deletes the files in it, and one
    on the file `lock` in the folder, which also works on network file systems and names
    the process. If the file system has no locks at all, nobody is kept out.

    Args:
        folder: the folder, which must exist.

    Raises:
        FolderInUse: if another process is using the folder.
        OSError: if `lock` is something else, a link for example, or cannot be written.
    """

    def __init__(self, folder: Path):
        self._path = folder
        self._folder = self._file = None
        with contextlib.ExitStack() as stack:
            stack.callback(self.release)
            self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
            self._lock(self._folder)
            self._take_file()
            stack.pop_all()

    def __del__(self):
        self.release()

    def release(self) -> None:
        """Lets other processes use the folder."""
        for descriptor in (self._file, self._folder):
            if descriptor is not None:
                os.close(descriptor)
        self._folder = self._file = None

    def check(self) -> None:
        """Checks that this process still holds the folder; renews a deleted lock file.

        Raises:
            FolderInUse: if another process has taken the folder. This can happen where
                folders cannot be locked and someone deletes the lock file.
            OSError: if the folder was deleted or replaced.
        """
        if not _is_same(os.stat(self._path), os.fstat(self._folder)):
            raise OSError(errno.ESTALE, "was replaced during the run", str(self._path))
        if not self._file_exists():
            self._take_file()

    def _take_file(self):
        """Locks the lock file; again if it was deleted before it could be locked."""
        while self._file is None or not self._file_exists():
            if self._file is not None:
                os.close(self._file)
                self._file = None
            self._file = self._open()
            self._lock(self._file)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, _this_process().encode() + b"\n", 0)

    def _open(self):
        # The target of a link, symbolic or hard, does not belong to the run.
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            file = os.open(NAME, flags, 0o666, dir_fd=self._folder)
        except OSError as error:
            if error.errno not in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
                raise
            raise self._not_a_lock() from error
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            os.close(file)
            raise self._not_a_lock()
        return file

    def _not_a_lock(self):
        message = "is not the lock file of a run; delete it"
        return OSError(errno.EEXIST, message, str(self._path / NAME))

    def _lock(self, descriptor):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(self._holder()) from None
        except OSError as error:
            if error.errno not in _NO_LOCKS:
                raise

    def _holder(self):
        try:
            file = os.open(
                NAME, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=self._folder
            )
            with open(file, "rb") as opened:
                holder = opened.read(200).decode("utf-8", "replace").strip()
        except OSError:
            holder = ""
        return holder or "another process"

    def _file_exists(self):
        try:
            found = os.stat(NAME, dir_fd=self._folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return _is_same(found, os.fstat(self._file))


def _is_same(one, other):
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)


def _this_process():
    return f"process {os.getpid()} on {socket.gethostname()}"
