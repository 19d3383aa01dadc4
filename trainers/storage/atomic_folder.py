"""Folders that are there whole or not at all."""

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
        flag: its name.

    Raises:
        UserError: if there is one already that is not empty, or it cannot be written.
    """
    paths.check_output_folder(path, flag)
    if os.path.isdir(path) and any(
        not name.startswith(paths.PREFIX) for name in os.listdir(path)
    ):
        raise UserError(f"--{flag}={path}: is not empty; name another folder")


@contextlib.contextmanager
def atomic_folder(path: str, flag: str = "output_dir") -> Iterator[str]:
    """Gives a new folder, whose content is that of `path` once it is written.

    Whatever happens meanwhile, `path` is empty or missing, as it was before, or it
    holds everything.

    Args:
        path: a new folder, or one that is empty.
        flag: the flag that it is the value of.

    Yields:
        Where to write.

    Raises:
        UserError: if there is a folder that is not empty, or it cannot be written.
        RunFailed: if writing failed, for a full disk, say.

    >>> folder = os.path.join(tempfile.mkdtemp(), "served")
    >>> with atomic_folder(folder) as partial:
    ...     os.mkdir(os.path.join(partial, "variables"))
    ...     os.path.exists(folder)
    False
    >>> os.listdir(folder)
    ['variables']
    """
    check_new(path, flag)
    # Through links: no folder can be renamed to one.
    target = os.path.realpath(path)
    parent = os.path.dirname(target)
    try:
        os.makedirs(parent, exist_ok=True)
        inside = os.path.isdir(target) and not _can_be_replaced(target, parent)
        with tempfile.TemporaryDirectory(
            prefix=paths.PREFIX, dir=target if inside else parent
        ) as room:
            # Made by mkdir it has the permissions that the user's folders have.
            content = os.path.join(room, "content")
            os.mkdir(content)
            yield content
            if inside:
                _move_entries(content, target)
            else:
                os.rename(content, target)
    except OSError as error:
        reason = error.strerror or error
        raise RunFailed(f"--{flag}={path}: cannot be written ({reason})") from error


def _can_be_replaced(target, parent):
    """Whether a folder, empty but for what was left half-done, can be renamed over."""
    empty = not os.listdir(target)
    return empty and not os.path.ismount(target) and os.access(parent, os.W_OK)


def _move_entries(content, target):
    """Moves what is in one folder into another, or nothing."""
    moved = []
    try:
        for name in os.listdir(content):
            os.rename(os.path.join(content, name), os.path.join(target, name))
            moved.append(name)
    except BaseException:
        for name in moved:
            os.rename(os.path.join(target, name), os.path.join(content, name))
        raise
