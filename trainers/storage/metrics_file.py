"""The figures that a run came to, as metrics.json keeps them."""

import contextlib
import time
from collections.abc import Collection
from pathlib import Path

from trainers.storage.folder_lock import FolderInUse, FolderLock
from trainers.storage.json_file import is_number, read_object, unusable, write_object

METRICS = "metrics.json"
# Runs of the earliest version have no figures of the training part.
JUDGED = ("validation", "test")
SPLITS = ("train", *JUDGED)
# What has figures of its own among those of a part.
NESTED = "refined"
# What adds to a metrics.json has its folder for a moment alone.
ATTEMPTS, PAUSE = 20, 0.1


def read_metrics(file: Path, bounds: Collection[str] = ()) -> dict | None:
    """Returns the content of a metrics.json, `None` if there is none.

    Args:
        file: where it lies.
        bounds: names of the figures that validation and test part must have.

    Raises:
        UserError: if it is not what a run wrote.
        OSError: if it cannot be read.
    """
    metrics = read_object(file)
    if metrics is None:
        return None
    for split in JUDGED:
        if split not in metrics:
            raise unusable(file, f"it has no {split} part")
    for split in SPLITS:
        _check_figures(file, split, metrics.get(split, {}))
    for split in JUDGED:
        for name in bounds:
            if not is_number(metrics[split].get(name)):
                raise unusable(file, f"its {split} part has no number {name!r}")
    for name in ("best_epoch", "entropy"):
        if not (metrics.get(name) is None or is_number(metrics[name])):
            raise unusable(file, f"its {name!r} is no number")
    if not isinstance(metrics.get("history", []), list):
        raise unusable(file, "its 'history' is no list")
    return metrics


def add_figures(file: Path, split: str, figures: dict) -> None:
    """Adds figures to those of a part of a finished run.

    Raises:
        UserError: if metrics.json is not what a run wrote.
        FolderInUse: if another process has the folder for longer than a moment.
        OSError: if it cannot be written.
    """
    lock = _locked(file.parent)
    try:
        # Under the lock: another process may just have added its own.
        metrics = read_metrics(file)
        if metrics is None or split not in metrics:
            raise unusable(file, f"it has no {split} part")
        metrics[split].update(figures)
        write_object(file, metrics)
    finally:
        lock.release()


def _locked(folder):
    for _ in range(ATTEMPTS - 1):
        with contextlib.suppress(FolderInUse):
            return FolderLock(folder)
        time.sleep(PAUSE)
    return FolderLock(folder)


def _check_figures(file, split, figures):
    if not isinstance(figures, dict):
        raise unusable(file, f"its {split} part holds no figures")
    for name, value in figures.items():
        if name == NESTED:
            _check_figures(file, f"{split} part's {NESTED}", value)
        elif not is_number(value):
            raise unusable(file, f"its {split} part's {name!r} is no number")
