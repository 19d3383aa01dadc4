"""Files with a JSON object each."""

import json
from pathlib import Path

from trainers.cli.errors import UserError
from trainers.cli.json_object import parse_object
from trainers.storage.atomic_file import atomic_file


def read_object(file: Path) -> dict | None:
    """Returns the object that a file of a run holds, `None` if there is no file.

    Raises:
        UserError: if it holds something else; names the file.
        OSError: if it cannot be read.
    """
    try:
        return parse_object(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise unusable(file, str(error)) from error


def write_object(file: Path, content: dict) -> None:
    """Writes an object, or replaces the file by it."""
    with atomic_file(file) as partial:
        partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def unusable(file: Path, reason: str) -> UserError:
    """Returns the error that says why `file` is not what a run wrote."""
    return UserError(
        f"{file}: is not what a run wrote ({reason}); put the right one back or name "
        "another folder"
    )


def is_number(value) -> bool:
    """Whether a value of a JSON file can be computed with.

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
