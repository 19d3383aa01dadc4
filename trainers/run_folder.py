"""The folder that a run leaves behind."""

import json
import os
from pathlib import Path

from trainers.command_line import UserError

FLAGS, METRICS, MODEL = "flags.json", "metrics.json", "model.keras"


class RunFolder:
    """A run's folder: flags, best model, metrics, logs and checkpoints.

    Every file is written beside its place and moved there whole, so that a run
    killed at any moment leaves nothing half-written.

    Args:
        path: the folder; made if missing.
        flags: the flags that make this run what it is. A folder that holds a run
            of other flags is refused.

    Raises:
        UserError: if the folder holds something else, or cannot be made.
    """

    def __init__(self, path: str, flags: dict):
        self.path = Path(path)
        try:
            known = self._read(FLAGS)
            if known is None and self.path.is_dir() and any(self.path.iterdir()):
                raise UserError(
                    f"--output_dir={path}: is not empty and holds no run; name "
                    "another folder"
                )
            if known is not None:
                self._compare(known, flags)
            else:
                self.path.mkdir(parents=True, exist_ok=True)
                self._write(FLAGS, flags)
        except OSError as error:
            raise UserError(f"--output_dir={path}: {error.strerror}") from error

    @property
    def model(self) -> Path:
        """Where the best model lies."""
        return self.path / MODEL

    @property
    def checkpoints(self) -> Path:
        """Where the state to go on from lies."""
        return self.path / "checkpoints"

    def metrics(self) -> dict | None:
        """Returns the metrics of a finished run, else `None`."""
        return self._read(METRICS)

    def write_metrics(self, metrics: dict) -> None:
        """Writes metrics.json: the run is finished."""
        self._write(METRICS, metrics)

    def save_model(self, model) -> None:
        """Replaces model.keras by `model`."""
        partial = self.path / f".{MODEL.replace('.', '.partial.')}"
        model.save(partial)
        os.replace(partial, self.model)

    def _compare(self, known, flags):
        changed = [
            f"--{name} was {known.get(name)}, now {flags.get(name)}"
            for name in sorted(known.keys() | flags.keys())
            if known.get(name) != flags.get(name)
        ]
        if changed:
            raise UserError(
                f"--output_dir={self.path}: holds another run ({'; '.join(changed)}); "
                "name another folder"
            )

    def _read(self, name):
        file = self.path / name
        if not file.exists():
            return None
        try:
            return json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise UserError(
                f"{file}: is no JSON ({error}); delete it or name another --output_dir"
            ) from error

    def _write(self, name, content):
        partial = self.path / f".{name}.partial"
        partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        os.replace(partial, self.path / name)
