"""Writes folders completely or not at all."""

import contextlib
import os
import tempfile
from collections.abc import Iterator

from trainers.cli import paths
from trainers.cli.errors import RunFailed, UserError


def check_new(path: str, flag: str = "output_dir") -> None:
    """Checks that `atomic_folder` can make a folder; changes nothing.

    Args:
        path: the flag's value.
        flag: the flag's name.

    Raises:
        UserError: if the folder exists and is not empty, or cannot be written.
    """
    paths.check_output_folder(path, flag)
    if os.path.isdir(path) and any(
        not name.startswith(paths.PREFIX) for name in os.listdir(path)
    ):
        raise UserError(f"--{flag}={path}: is not empty; choose another folder")


@contextlib.contextmanager
def atomic_folder(path: str, flag: str = "output_dir") -> Iterator[str]:
    """Yields a new folder; its content appears in `path` once all of it is written.

    Until then, `path` stays empty or missing, whatever happens. The one exception is an
    empty folder that cannot be replaced, a mount point for example: a process that is
    killed while it fills such a folder leaves it incomplete.

    Args:
        path: the flag's value: a folder that is empty or does not exist.
        flag: the flag's name.

    Yields:
        The path to write to.

    Raises:
        UserError: if the folder is not empty or cannot be written.
        RunFailed: if writing fails, because the disk is full for example.

    >>> folder = os.path.join(tempfile.mkdtemp(), "served")
    >>> with atomic_folder(folder) as partial:
    ...     os.mkdir(os.path.join(partial, "variables"))
    ...     os.path.exists(folder)
    False
    >>> os.listdir(folder)
    ['variables']
    """
    check_new(path, flag)
    # A folder cannot be renamed over a link.
    target = os.path.realpath(path)
    parent = os.path.dirname(target)
    try:
        os.makedirs(parent, exist_ok=True)
        is_fixed = os.path.isdir(target) and not _can_be_replaced(target, parent)
        with tempfile.TemporaryDirectory(
            prefix=paths.PREFIX, dir=target if is_fixed else parent
        ) as private:
            # The temporary folder is private. This one has the usual permissions.
            content = os.path.join(private, "content")
            os.mkdir(content)
            yield content
            if is_fixed:
                _move_entries(content, target)
            else:
                os.rename(content, target)
    except OSError as error:
        reason = error.strerror or error
        raise RunFailed(f"--{flag}={path}: cannot be written ({reason})") from error


def _can_be_replaced(target, parent):
    """Returns whether another folder can be renamed over an empty one."""
    empty = not os.listdir(target)
    return empty and not os.path.ismount(target) and os.access(parent, os.W_OK)


def _move_entries(content, target):
    """Moves everything from one folder into another, or nothing if that fails."""
    moved = []
    try:
        for name in os.listdir(content):
            os.rename(os.path.join(content, name), os.path.join(target, name))
            moved.append(name)
    except BaseException:
        for name in moved:
            os.rename(os.path.join(target, name), os.path.join(content, name))
        raise
