"""A folder that one process at a time has."""

import contextlib
import errno
import fcntl
import os
import socket
import stat
from pathlib import Path

NAME = "lock"
# What a file system answers that has no locks, or none for folders (NFS).
_NO_LOCKS = (errno.ENOLCK, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF, errno.EINVAL)


class FolderInUse(Exception):
    """Another process has the folder; the message says which one."""


class FolderLock:
    """Keeps other processes out of a folder until it is released.

    The system releases it when the process ends, in whatever way. It is on the folder
    itself, which holds even if someone cleans up in it, and on a file `lock` within,
    which also holds on network file systems and says who has the folder. Where neither
    can be locked, nobody is kept out.

    Args:
        folder: the folder, which exists.

    Raises:
        FolderInUse: if another process has it.
        OSError: if there is something else of the name `lock`, a link above all, or if
            it cannot be written.
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
        """Lets another process have the folder."""
        for descriptor in (self._file, self._folder):
            if descriptor is not None:
                os.close(descriptor)
        self._folder = self._file = None

    def check(self) -> None:
        """Makes sure that the folder is still this process's.

        Raises:
            FolderInUse: if another process has taken it, after a cleaner deleted the
                lock on a file system where that is all there is.
            OSError: if the folder of this name is another one by now, or none.
        """
        if not _same(os.stat(self._path), os.fstat(self._folder)):
            raise OSError(errno.ESTALE, "was replaced meanwhile", str(self._path))
        if not self._file_is_there():
            self._take_file()

    def _take_file(self):
        """Locks the file of that name, and not one that was deleted meanwhile."""
        while self._file is None or not self._file_is_there():
            if self._file is not None:
                os.close(self._file)
                self._file = None
            self._file = self._open()
            self._lock(self._file)
        os.ftruncate(self._file, 0)
        os.pwrite(self._file, _this_process().encode() + b"\n", 0)

    def _open(self):
        # Not through a link, be it symbolic or hard: what it names is not the run's.
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
        try:
            file = os.open(NAME, flags, 0o666, dir_fd=self._folder)
        except OSError as error:
            if error.errno not in (errno.ELOOP, errno.EISDIR, errno.ENXIO):
                raise
            raise self._no_lock() from error
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode) or status.st_nlink > 1:
            os.close(file)
            raise self._no_lock()
        return file

    def _no_lock(self):
        message = "is no lock of a run but something else; delete it"
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

    def _file_is_there(self):
        try:
            found = os.stat(NAME, dir_fd=self._folder, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return _same(found, os.fstat(self._file))


def _same(one, other):
    return (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino)


def _this_process():
    return f"process {os.getpid()} on {socket.gethostname()}"
