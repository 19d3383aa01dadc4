"""Finishes the runs of a plan, one after the other."""

import sys

from trainers.cli.errors import UserError
from trainers.reproduce.experiments.experiment import Run
from trainers.reproduce.plan import Plan
from trainers.reproduce.runs.process import (
    describe_status,
    run_process,
    wait_until_free,
)


class Runner:
    """Finishes the runs of a plan, one after the other.

    Args:
        plan: the plan.

    Attributes:
        found: what the finished runs measured, by name.
        failed: the runs that failed or could not be started, each with the reason.
    """

    def __init__(self, plan: Plan):
        self.found = {}
        self.failed = {}
        self._plan = plan
        self._names = [run.name for run in plan.runs()]

    def finish(self, run: Run) -> None:
        """Runs what is not finished; prints a line if it fails."""
        if run.name in self.found or run.name in self.failed:
            return
        if run.needs and run.needs.name in self.failed:
            self.failed[run.name] = f"it needs {run.needs.name}"
            return
        try:
            results = self._plan.results(run)
            if results is None:
                # Evaluations do not lock their folders, but models are trained once.
                trained = run.needs or run
                wait_until_free(trained.folder(self._plan.run_folder))
                results = self._plan.results(run) or self._start(run)
        except UserError as error:
            self._fail(run, str(error))
        else:
            if results is not None:
                self.found[run.name] = results

    def _start(self, run):
        """Starts a run; returns its results, or `None` if it failed."""
        number = self._names.index(run.name) + 1
        command = self._plan.command(run)
        print(f"\n[{number}/{len(self._names)}] {command}")
        status = run_process(run.program, self._plan.arguments(run))
        results = self._plan.results(run) if status == 0 else None
        if results is None:
            self._fail(run, describe_status(status))
        return results

    def _fail(self, run, why):
        self.failed[run.name] = why
        print(f"error: the run {run.name} failed: {why}", file=sys.stderr)
