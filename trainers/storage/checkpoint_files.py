"""Names and finds the files of a run's checkpoints, without importing TensorFlow."""

import re
from pathlib import Path

_NAME = re.compile(r"state-([0-9]+)\.npz")


def checkpoint_files(folder: Path) -> list[Path]:
    """Returns the checkpoints in a folder, damaged ones included, the newest last.

    >>> checkpoint_files(Path("absent"))
    []
    """
    if not folder.is_dir():
        return []
    files = [file for file in folder.iterdir() if _NAME.fullmatch(file.name)]
    return sorted(files, key=_number)


def next_checkpoint_file(folder: Path) -> Path:
    """Returns the path of the next checkpoint.

    >>> next_checkpoint_file(Path("absent")).as_posix()
    'absent/state-1.npz'
    """
    files = checkpoint_files(folder)
    return folder / f"state-{_number(files[-1]) + 1 if files else 1}.npz"


def _number(file):
    return int(_NAME.fullmatch(file.name)[1])
