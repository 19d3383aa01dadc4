"""Writes evaluation.json, and protects the results on another text that it may hold."""

import contextlib
from pathlib import Path

from trainers.cli.errors import UserError
from trainers.storage.json_file import read_object, write_object

RESULTS = "evaluation.json"
TEXT = "text"


def check_text(folder: Path, text: dict, where: str) -> None:
    """Checks that a folder holds no results on another text.

    The name of the default folder says which corpus the results are about, but one's
    own texts are all called "text".

    Args:
        folder: the folder for the results, which need not exist.
        text: fingerprint of the whole split that is to be evaluated.
        where: the flag that names the corpus, with its value.

    Raises:
        UserError: if it does.
    """
    earlier = None
    # A damaged file holds no results that could be lost.
    with contextlib.suppress(UserError, OSError):
        earlier = read_object(folder / RESULTS)
    # Earlier versions did not record the text.
    if earlier and earlier.get(TEXT, text) != text:
        raise UserError(
            f"{where}: {folder} holds the results on another text; name another folder "
            "with --output_dir"
        )


def write_results(folder: Path, results: dict, text: dict) -> None:
    """Writes the results, and which text they are about.

    Args:
        folder: the folder, which exists.
        results: the results.
        text: as for `check_text`.

    Raises:
        OSError: if they cannot be written.
    """
    write_object(folder / RESULTS, {**results, TEXT: text})
