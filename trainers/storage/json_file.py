"""Reads and writes files that hold one JSON object."""

import json
from pathlib import Path

from trainers.cli.errors import UserError
from trainers.cli.json_object import parse_object
from trainers.storage.atomic_file import atomic_file


def read_object(file: Path) -> dict | None:
    """Returns the JSON object in a file of a run, or `None` if there is no such file.

    Raises:
        UserError: if the file holds something else.
        OSError: if it cannot be read.
    """
    try:
        return parse_object(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise unusable(file, str(error)) from error


def write_object(file: Path, content: dict) -> None:
    """Writes a JSON object to a new file or over an old one."""
    with atomic_file(file) as partial:
        partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def unusable(file: Path, reason: str) -> UserError:
    """Returns the error for a file that no run can have written."""
    return UserError(
        f"{file}: is not what a run wrote ({reason}); restore the original or "
        "choose another folder"
    )


def is_number(value) -> bool:
    """Returns whether a JSON value is a number that fits into a float.

    >>> [is_number(value) for value in (1, 0.5, True, "1", None, 10**400)]
    [True, True, False, False, False, False]
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    try:
        float(value)
    except OverflowError:
        return False
    return True
