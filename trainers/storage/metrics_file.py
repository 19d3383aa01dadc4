"""Reads metrics.json, the figures of a finished run, and adds to it."""

import contextlib
import time
from collections.abc import Collection
from pathlib import Path

from trainers.storage.folder_lock import FolderInUse, FolderLock
from trainers.storage.json_file import is_number, read_object, unusable, write_object

METRICS = "metrics.json"
# The earliest runs have no figures for the training set.
REQUIRED = ("validation", "test")
SPLITS = ("train", *REQUIRED)
# A split's figures may contain a second set of figures under this name.
NESTED = "refined"
# How often, and how many seconds apart, to try to lock the folder.
ATTEMPTS, PAUSE = 20, 0.1


def read_metrics(file: Path, bounds: Collection[str] = ()) -> dict | None:
    """Returns the content of a metrics.json, or `None` if there is no such file.

    Args:
        file: the path.
        bounds: names of figures that the validation and test splits must have.

    Raises:
        UserError: if no run can have written it.
        OSError: if it cannot be read.
    """
    metrics = read_object(file)
    if metrics is None:
        return None
    for split in REQUIRED:
        if split not in metrics:
            raise unusable(file, f"it has no {split} split")
    for split in SPLITS:
        _check_figures(file, split, metrics.get(split, {}))
    for split in REQUIRED:
        for name in bounds:
            if not is_number(metrics[split].get(name)):
                raise unusable(file, f"its {split} split has no number {name!r}")
    for name in ("best_epoch", "entropy"):
        if not (metrics.get(name) is None or is_number(metrics[name])):
            raise unusable(file, f"its {name!r} is not a number")
    if not isinstance(metrics.get("history", []), list):
        raise unusable(file, "its 'history' is not a list")
    return metrics


def add_figures(file: Path, split: str, figures: dict) -> None:
    """Adds figures of one split to the metrics.json of a finished run.

    Raises:
        UserError: if no run can have written the file.
        FolderInUse: if another process uses the folder for longer than a moment.
        OSError: if the file cannot be written.
    """
    lock = _locked(file.parent)
    try:
        # Read under the lock, because another process may just have added figures.
        metrics = read_metrics(file)
        if metrics is None or split not in metrics:
            raise unusable(file, f"it has no {split} split")
        recorded = metrics[split]
        if NESTED in recorded and "iw_samples" in recorded:
            # These may be from another number of samples than the new figures.
            recorded[NESTED].setdefault("iw_samples", recorded["iw_samples"])
        recorded.update(figures)
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
        raise unusable(file, f"its {split} split has no figures")
    for name, value in figures.items():
        if name == NESTED:
            _check_figures(file, f"{split} split's {NESTED}", value)
        elif not is_number(value):
            raise unusable(file, f"its {split} split's {name!r} is not a number")
