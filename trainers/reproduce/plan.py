"""The runs of several experiments, each once."""

import dataclasses
import shlex
from collections.abc import Sequence
from pathlib import Path

from trainers.reproduce.experiments.experiment import Experiment, Run
from trainers.reproduce.runs.scale import Scale


@dataclasses.dataclass(frozen=True)
class Plan:
    """The runs of experiments at a scale.

    Attributes:
        experiments: the experiments.
        scale: the scale.
        folder: the folder of the scale, which holds the results.
        data_dir: where the corpora are.
    """

    experiments: Sequence[Experiment]
    scale: Scale
    folder: Path
    data_dir: str | None

    @property
    def run_folder(self) -> Path:
        """The folder of all runs."""
        return self.folder / "runs"

    def runs(self) -> list[Run]:
        """Returns all runs, each once, in the order in which they are run."""
        named = {
            run.name: run
            for experiment in self.experiments
            for run in experiment.runs(self.scale)
        }
        return list(named.values())

    def arguments(self, run: Run) -> list[str]:
        """Returns the arguments of a run's command."""
        return run.arguments(self.run_folder, self.data_dir)

    def command(self, run: Run) -> str:
        """Returns a run's command as a user would type it."""
        words = ["python", "-m", f"trainers.{run.program}", *self.arguments(run)]
        output = run.output(self.run_folder)
        into = f" > {shlex.quote(str(output))}" if output else ""
        return shlex.join(words) + into

    def results(self, run: Run) -> dict | None:
        """Returns what a run measured, or `None` if it is not finished.

        Raises:
            UserError: if its folder cannot be used or holds another run.
        """
        return run.results(self.run_folder, self.data_dir)

    def state(self, run: Run) -> str:
        """Returns "finished", "started" or "new".

        Raises:
            UserError: as for `results`.
        """
        if self.results(run) is not None:
            return "finished"
        begun = run.has_begun(self.run_folder, self.data_dir)
        return "started" if begun else "new"
