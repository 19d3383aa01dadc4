"""Checks of paths before the long work that needs them, without TensorFlow."""

import os
import stat
import tempfile

from trainers.cli.errors import UserError
from trainers.cli.ranges import shortened

# Longer paths are cut in messages; a single name can have 255 characters.
LONGEST = 500
# The names of temporary files and folders begin with this; they count as nothing.
PREFIX = ".partial-"
# The names of a shell's <(command) and of standard input begin with one of these.
_OPEN_FILES = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")


def check_input(
    path: str, flag: str, folders: bool = True, pipes: bool = False
) -> None:
    """Checks that a path, if it exists, can be read.

    A path that does not exist is accepted: whatever reads it knows what to give
    instead.

    Args:
        path: the flag's value.
        flag: its name.
        folders: whether it may be a folder.
        pipes: whether it may be a pipe that the shell opened, such as <(command).

    Raises:
        UserError: if it is something else, or cannot be reached or read.

    >>> check_input("/no/such/file", "file")
    """
    wanted = "a file or a folder" if folders else "a file"
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise path_error(flag, path, f"cannot be read ({error.strerror})") from error
    if stat.S_ISDIR(mode) and not folders:
        raise path_error(flag, path, f"is a folder; give {wanted}")
    opened = path.startswith(_OPEN_FILES)
    # Reading a named pipe that nobody writes to would never end.
    if stat.S_ISFIFO(mode) and not (pipes and opened):
        raise path_error(flag, path, f"is a pipe; give {wanted}")
    if stat.S_ISSOCK(mode):
        raise path_error(flag, path, f"is a socket; give {wanted}")
    if (stat.S_ISCHR(mode) or stat.S_ISBLK(mode)) and not (pipes and opened):
        raise path_error(flag, path, f"is a device; give {wanted}")
    if not os.access(path, os.R_OK):
        raise path_error(flag, path, "cannot be read (Permission denied)")


def check_output_folder(path: str | os.PathLike, flag: str = "output_dir") -> None:
    """Checks that a folder exists or can be made, and can be written to.

    It leaves nothing behind.

    Raises:
        UserError: if something else is in the way, or the folder cannot be written.
    """
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        if os.path.islink(path):
            raise path_error(
                flag, path, "is a link to something that does not exist"
            ) from None
        try:
            folder = _nearest(path)
        except OSError as error:
            message = f"the current folder cannot be used ({error.strerror})"
            raise path_error(flag, path, message) from error
        if not os.path.isdir(folder):
            message = f"cannot be made, because {folder} is not a folder"
            raise path_error(flag, path, message) from None
        where = f"made in {folder}"
    except OSError as error:
        raise path_error(flag, path, f"cannot be used ({error.strerror})") from error
    else:
        if not stat.S_ISDIR(mode):
            raise path_error(flag, path, "is not a folder; choose another one")
        folder, where = path, "written"
    try:
        # Unlike the permissions, this shows if the file system is read-only.
        with tempfile.TemporaryFile(dir=folder, prefix=PREFIX):
            pass
    except OSError as error:
        raise path_error(flag, path, f"cannot be {where} ({error.strerror})") from error


def make_output_folder(path: str | os.PathLike, flag: str = "output_dir") -> None:
    """Makes a folder if it does not exist, and checks that it can be written to.

    Raises:
        UserError: if it cannot be made or written.
    """
    check_output_folder(path, flag)
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise path_error(flag, path, f"cannot be made ({error.strerror})") from error
    check_output_folder(path, flag)


def path_error(flag: str, path: str | os.PathLike, message: str) -> UserError:
    """Returns the error about a path that a flag names, with a long path cut.

    >>> str(path_error("data_dir", "9" * 5000, "cannot be read"))[-40:]
    '9999999999999999999...: cannot be read'
    """
    return UserError(f"--{flag}={shortened(path, LONGEST)}: {message}")


def _nearest(path):
    """Returns the nearest path above that exists."""
    path = os.path.abspath(path)
    while not os.path.lexists(path):
        path = os.path.dirname(path)
    return path
