"""A run of trainers.lm or trainers.bow."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from absl import flags as absl_flags

from trainers.bow import flags as bow
from trainers.lm import flags as lm
from trainers.reproduce.runs.input_file import InputFile
from trainers.storage.find_run import find_run
from trainers.storage.run_folder import RunFolder

PROGRAMS = {"lm": lm, "bow": bow}


@dataclasses.dataclass(frozen=True)
class TrainingRun:
    """A model to train.

    Attributes:
        name: name of its run folder.
        program: "lm" or "bow".
        flags: its flags, without those that say where data and results are.
        inputs: maps flags to the files that they name, which this program makes.

    >>> run = TrainingRun("small", "lm", {"latent": "vmf", "epochs": 2})
    >>> run.arguments(Path("runs"))
    ['--latent=vmf', '--epochs=2', '--output_dir=runs/small']
    """

    name: str
    program: str
    flags: Mapping[str, Any]
    inputs: Mapping[str, InputFile] = dataclasses.field(default_factory=dict)

    @property
    def needs(self) -> "TrainingRun | None":
        """The run that has to be finished before this one."""
        return None

    def arguments(self, runs: Path, data_dir: str | None = None) -> list[str]:
        """Returns the arguments of its command.

        Args:
            runs: the folder of all runs.
            data_dir: where the corpora are.
        """
        arguments = [f"--{name}={value}" for name, value in self.flags.items()]
        arguments += [f"--{name}={x.path(runs)}" for name, x in self.inputs.items()]
        if data_dir and "data_dir" not in self.inputs:
            arguments.append(f"--data_dir={data_dir}")
        return [*arguments, f"--output_dir={self.folder(runs)}"]

    def folder(self, runs: Path) -> Path:
        """Returns its folder."""
        return runs / self.name

    def on_a_sample(self) -> tuple["TrainingRun", float]:
        """Returns the run on smaller input files, and how many times they are larger.

        The second is 1 for a run that reads a corpus.
        """
        samples = {name: each.sample() for name, each in self.inputs.items()}
        ratios = [ratio for _, ratio in samples.values()]
        inputs = {name: each for name, (each, _) in samples.items()}
        return dataclasses.replace(self, inputs=inputs), max(ratios, default=1.0)

    def output(self, runs: Path) -> None:
        """Returns `None`: its standard output is for the user."""
        return None

    def find(self, runs: Path, data_dir: str | None = None) -> RunFolder:
        """Returns its folder, which need not exist, and checks its flags.

        Raises:
            UserError: if the folder cannot be used or holds another run.
        """
        own = PROGRAMS[self.program].define_flags(absl_flags.FlagValues())
        own.parse(self.arguments(runs, data_dir))
        settings, _ = own.read_settings()
        return find_run(own, settings)[0]

    def results(self, runs: Path, data_dir: str | None = None) -> dict | None:
        """Returns the content of metrics.json, or `None` if it is not finished.

        Raises:
            UserError: as for `find`, or if no run can have written it.
        """
        return self.find(runs, data_dir).metrics()

    def has_begun(self, runs: Path, data_dir: str | None = None) -> bool:
        """Returns whether there is something to continue."""
        return self.find(runs, data_dir).has_begun
