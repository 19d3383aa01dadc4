"""A run of trainers.generate."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from trainers.cli.json_object import parse_object
from trainers.reproduce.runs.input_file import InputFile
from trainers.reproduce.runs.training_run import TrainingRun
from trainers.storage.json_file import unusable


@dataclasses.dataclass(frozen=True)
class Generation:
    """Text that a trained model writes or finds; its output is kept in a file.

    Attributes:
        run: the run that trains the model.
        task: a value of --task.
        flags: other flags of trainers.generate.
        inputs: maps flags to the files that they name.

    >>> run = TrainingRun("small", "lm", {"latent": "vmf"})
    >>> generation = Generation(run, "sample", {"count": 3})
    >>> generation.name
    'small/sample'
    >>> generation.arguments(Path("runs"))
    ['--model=runs/small', '--task=sample', '--count=3', '--json']
    """

    run: TrainingRun
    task: str
    flags: Mapping[str, Any]
    inputs: Mapping[str, InputFile] = dataclasses.field(default_factory=dict)
    program: ClassVar[str] = "generate"

    @property
    def name(self) -> str:
        """Its model and its task."""
        return f"{self.run.name}/{self.task}"

    @property
    def needs(self) -> TrainingRun:
        """The run that has to be finished before this one."""
        return self.run

    def arguments(self, runs: Path, data_dir: str | None = None) -> list[str]:
        """Returns the arguments of its command, as `TrainingRun.arguments`."""
        arguments = [f"--model={self.run.folder(runs)}", f"--task={self.task}"]
        arguments += [f"--{name}={value}" for name, value in self.flags.items()]
        arguments += [f"--{name}={x.path(runs)}" for name, x in self.inputs.items()]
        return [*arguments, "--json"]

    def output(self, runs: Path) -> Path:
        """Returns the file that its standard output goes to."""
        return runs / f"{self.name}.jsonl"

    def results(self, runs: Path, data_dir: str | None = None) -> dict | None:
        """Returns the "answers" in its output, or `None` if it is not finished.

        Raises:
            UserError: if the file holds something else.
        """
        file = self.output(runs)
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
            return {"answers": [parse_object(line) for line in lines]}
        except FileNotFoundError:
            return None
        except ValueError as error:
            raise unusable(file, str(error)) from error

    def has_begun(self, runs: Path, data_dir: str | None = None) -> bool:
        """Returns `False`: one that is stopped starts over."""
        return False
