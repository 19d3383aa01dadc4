"""Folders of encoded text: their records, and what is written to them."""

import hashlib
import json
import os
import pathlib
import stat
import unicodedata
from collections.abc import Iterable

import tqdm

from tf_vmfvae.data.files.text_file import CHUNK, open_bytes


def write_record(file: pathlib.Path, version: int, record: dict) -> None:
    """Writes what there is to know about an encoded text, after everything else.

    Args:
        file: the record, in the folder of the encoded text.
        version: version of the files there.
        record: what there is to know, for JSON.

    Raises:
        OSError: a file cannot be written.
    """
    sizes = {other.name: other.stat().st_size for other in file.parent.iterdir()}
    record = {"format": version, **record, "bytes": sizes}
    file.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    for written in file.parent.iterdir():
        _sync(written)


def read_record(file: pathlib.Path, version: int) -> dict | None:
    """Returns what is known about an encoded text, or None if it is not whole.

    Args:
        file: the record, as for `write_record`.
        version: likewise.
    """
    try:
        record = json.loads(file.read_text(encoding="utf-8"))
        names = record["bytes"]
        sizes = {name: (file.parent / name).stat().st_size for name in names}
        if record["format"] == version and sizes == names:
            return record
    except (OSError, ValueError, KeyError, TypeError):
        # Something else was written there, or not all of it.
        pass
    return None


def content_key(options: str, files: Iterable[tuple[str, pathlib.Path]]) -> str:
    """Returns a name that depends on everything that an encoded text depends on.

    Args:
        options: what it depends on besides the files, in one line.
        files: the files in order, each with the part of the text that it belongs to.

    Raises:
        ValueError: a file cannot be read, or is a pipe or the like.
    """
    digest = hashlib.blake2b(digest_size=16)
    digest.update(f"{options} {unicodedata.unidata_version}\n".encode())
    for part, path in files:
        if is_pipe(path):
            raise ValueError(
                f"{path} is not a file on disk and can be read only once, but a text "
                "that is encoded is read several times: give a file, or no cache_dir"
            )
        content = hashlib.blake2b(digest_size=16)
        with open_bytes(path) as file:
            while chunk := file.read(CHUNK):
                content.update(chunk)
        digest.update(f"{part} {content.hexdigest()}\n".encode())
    return digest.hexdigest()


def is_pipe(path: pathlib.Path) -> bool:
    """Returns whether a path is a pipe, or a terminal, which is read only once."""
    try:
        mode = path.stat().st_mode
    except OSError:
        # Whoever reads the file says what is wrong with it.
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def encoding_bar(path: pathlib.Path, size: int) -> tqdm.tqdm:
    """Returns a progress bar of the bytes of a text that have been encoded."""
    return tqdm.tqdm(
        desc=f"encoding {path.name}",
        total=size,
        unit="B",
        unit_scale=True,
        leave=False,
        mininterval=1.0,
        disable=None,
    )


def _sync(path):
    """Makes sure that a power cut does not leave a file empty."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
