"""A run of trainers.evaluate."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from trainers.evaluate.results_file import RESULTS
from trainers.reproduce.runs.input_file import InputFile
from trainers.reproduce.runs.training_run import TrainingRun
from trainers.storage.json_file import read_object


@dataclasses.dataclass(frozen=True)
class Evaluation:
    """The evaluation of a trained model on the test set.

    Attributes:
        run: the run that trains the model.
        flags: the flags of trainers.evaluate, without those that say where data, model
            and results are. Among them is "samples".

    >>> run = TrainingRun("small", "lm", {"latent": "vmf"})
    >>> evaluation = Evaluation(run, {"samples": 10})
    >>> evaluation.name
    'small/evaluation-samples10'
    >>> evaluation.arguments(Path("runs"))[:2]
    ['--model=runs/small', '--samples=10']
    """

    run: TrainingRun
    flags: Mapping[str, Any]
    scorer: TrainingRun | None = None
    program: ClassVar[str] = "evaluate"
    inputs: ClassVar[Mapping[str, InputFile]] = {}

    @property
    def name(self) -> str:
        """Name of its folder, in that of the model; it tells evaluations apart."""
        values = "".join(f"-{name}{value}" for name, value in self.flags.items())
        return f"{self.run.name}/evaluation{values}"

    @property
    def needs(self) -> TrainingRun:
        """The run that has to be finished before this one."""
        return self.run

    def arguments(self, runs: Path, data_dir: str | None = None) -> list[str]:
        """Returns the arguments of its command, as `TrainingRun.arguments`."""
        arguments = [f"--model={self.run.folder(runs)}"]
        arguments += [f"--{name}={value}" for name, value in self.flags.items()]
        if self.scorer:
            arguments.append(f"--language_model={self.scorer.folder(runs)}")
        if data_dir:
            arguments.append(f"--data_dir={data_dir}")
        return [*arguments, f"--output_dir={self.folder(runs)}"]

    def folder(self, runs: Path) -> Path:
        """Returns its folder."""
        return runs / self.name

    def output(self, runs: Path) -> None:
        """Returns `None`: its standard output is for the user."""
        return None

    def results(self, runs: Path, data_dir: str | None = None) -> dict | None:
        """Returns the content of evaluation.json, or `None` if it is not finished.

        Raises:
            UserError: if the file holds something else.
        """
        return read_object(self.folder(runs) / RESULTS)

    def has_begun(self, runs: Path, data_dir: str | None = None) -> bool:
        """Returns `False`: an evaluation that is stopped starts over."""
        return False
