"""Finishes the runs of a plan, one after the other."""

import sys
import tempfile
from pathlib import Path

from trainers.cli.errors import UserError
from trainers.reproduce.experiments.experiment import Run
from trainers.reproduce.plan import Plan
from trainers.reproduce.runs.process import (
    describe_status,
    run_process,
    wait_until_free,
)
from trainers.storage.atomic_file import atomic_file


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
        plan = self._plan
        number = self._names.index(run.name) + 1
        print(f"\n[{number}/{len(self._names)}] {plan.command(run)}")
        for each in run.inputs.values():
            _make(each, each.path(plan.run_folder), plan.data_dir)
        status = self._run(run, run.output(plan.run_folder))
        results = plan.results(run) if status == 0 else None
        if results is None:
            self._fail(run, describe_status(status))
        return results

    def _run(self, run, output):
        """Runs it; returns its exit status. Its output is kept whole or not at all."""
        started = run.program, self._plan.arguments(run)
        forked = self._plan.scale.forked
        if output is None:
            return run_process(*started, forked=forked)
        with tempfile.NamedTemporaryFile() as file:
            status = run_process(*started, Path(file.name), forked=forked)
            if status == 0:
                with atomic_file(output) as partial:
                    partial.write_bytes(Path(file.name).read_bytes())
        return status

    def _fail(self, run, why):
        self.failed[run.name] = why
        print(f"error: the run {run.name} failed: {why}", file=sys.stderr)


def _make(input_file, path, data_dir):
    """Writes a file that a run reads, unless it is there."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with atomic_file(path) as partial:
            input_file.write(partial, data_dir)
    except ValueError as error:
        raise UserError(str(error)) from error
