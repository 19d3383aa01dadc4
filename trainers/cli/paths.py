"""What can be said of a path before the long work that it is for; no TensorFlow."""

import os
import stat
import tempfile

from trainers.cli.errors import UserError

# Of files and folders on their way, which count as nothing.
PREFIX = ".partial-"
# Where a shell's <(command) and standard input have names.
_OPEN_FILES = ("/dev/fd/", "/dev/stdin", "/proc/self/fd/")


def check_input(
    path: str, flag: str, folders: bool = True, pipes: bool = False
) -> None:
    """Checks that a path, if it exists, is one that can be read.

    One that does not exist is left to whoever reads it, who knows what to give.

    Args:
        path: the flag's value.
        flag: its name.
        folders: whether it may be a folder.
        pipes: whether it may be a pipe that the shell has opened, as <(command) is.

    Raises:
        UserError: if it is of another kind, or cannot be reached or read.

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
    # A named pipe that nobody writes to would be waited for without end.
    if stat.S_ISFIFO(mode) and not (pipes and opened):
        raise path_error(flag, path, f"is a pipe; give {wanted}")
    if stat.S_ISSOCK(mode):
        raise path_error(flag, path, f"is a socket; give {wanted}")
    if (stat.S_ISCHR(mode) or stat.S_ISBLK(mode)) and not (pipes and opened):
        raise path_error(flag, path, f"is a device; give {wanted}")
    if not os.access(path, os.R_OK):
        raise path_error(flag, path, "cannot be read (Permission denied)")


def check_output_folder(path: str | os.PathLike, flag: str = "output_dir") -> None:
    """Checks that a folder is there or can be made, and can be written; leaves nothing.

    Raises:
        UserError: if something else is in the way, or it cannot be written.
    """
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        if os.path.islink(path):
            raise path_error(flag, path, "is a link to what does not exist") from None
        folder = _nearest(path)
        if not os.path.isdir(folder):
            message = f"cannot be made, as {folder} is no folder"
            raise path_error(flag, path, message) from None
        where = f"made in {folder}"
    except OSError as error:
        raise path_error(flag, path, f"cannot be used ({error.strerror})") from error
    else:
        if not stat.S_ISDIR(mode):
            raise path_error(flag, path, "is no folder; name another one")
        folder, where = path, "written"
    try:
        # Tells more than the permissions: of file systems that are read-only, say.
        with tempfile.TemporaryFile(dir=folder, prefix=PREFIX):
            pass
    except OSError as error:
        raise path_error(flag, path, f"cannot be {where} ({error.strerror})") from error


def make_output_folder(path: str | os.PathLike, flag: str = "output_dir") -> None:
    """Makes a folder, unless it is there, and sees whether files can be put into it.

    Raises:
        UserError: if not.
    """
    check_output_folder(path, flag)
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise path_error(flag, path, f"cannot be made ({error.strerror})") from error
    check_output_folder(path, flag)


def _nearest(path):
    """The nearest folder above, or what is in its place."""
    path = os.path.abspath(path)
    while not os.path.lexists(path):
        path = os.path.dirname(path)
    return path


def path_error(flag: str, path: str | os.PathLike, message: str) -> UserError:
    """Returns the error that a path of a flag is to blame for."""
    return UserError(f"--{flag}={path}: {message}")
