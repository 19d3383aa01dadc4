"""Finishes the runs of a plan, one after the other."""

import contextlib
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from trainers.cli.errors import UserError
from trainers.reproduce.experiments.experiment import Run
from trainers.reproduce.plan import Plan
from trainers.reproduce.runs.claim import claim
from trainers.reproduce.runs.process import describe_status, run_process
from trainers.storage.atomic_file import atomic_file
from trainers.storage.folder_lock import FolderInUse

# Seconds between two looks at the runs that other processes work on.
PAUSE = 2.0


class Runner:
    """Finishes the runs of a plan, one after the other.

    Several processes can share the runs of a folder: each takes one that no other
    process works on.

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
        self._waited_for = set()

    def is_done(self, run: Run) -> bool:
        """Returns whether a run is finished or has failed."""
        return run.name in self.found or run.name in self.failed

    def finish(self, run: Run) -> None:
        """Runs what is not finished; prints a line if it fails.

        Does nothing if another process works on it or on the run that it needs.
        """
        if self.is_done(run):
            return
        if run.needs and not self.is_done(run.needs):
            return
        if run.needs and run.needs.name in self.failed:
            self.failed[run.name] = f"it needs {run.needs.name}"
            return
        plan = self._plan
        trained = run.needs or run
        try:
            results = plan.results(run)
            if results is None:
                with claim(
                    plan.folder / "locks" / run.name, trained.folder(plan.run_folder)
                ):
                    # Another process may have finished it by now.
                    results = plan.results(run) or self._start(run)
        except FolderInUse:
            return
        except UserError as error:
            self._fail(run, str(error))
        else:
            if results is not None:
                self.found[run.name] = results

    def look_again(self, runs: Sequence[Run]) -> None:
        """Takes the results of failed runs that another process has finished since."""
        for run in runs:
            if run.name not in self.failed:
                continue
            with contextlib.suppress(UserError):
                results = self._plan.results(run)
                if results is not None:
                    del self.failed[run.name]
                    self.found[run.name] = results

    def wait(self, runs: Sequence[Run]) -> None:
        """Waits a little for other processes; names each run that it waits for once."""
        names = {run.name for run in runs if not self.is_done(run)} - self._waited_for
        if names:
            print(f"waiting for other processes: {', '.join(sorted(names))}")
            self._waited_for |= names
        time.sleep(PAUSE)

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
