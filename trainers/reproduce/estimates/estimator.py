"""Estimates how long runs take on this machine."""

from collections.abc import Sequence
from pathlib import Path

from trainers.cli.errors import UserError
from trainers.cli.program import importing_tensorflow
from trainers.reproduce.experiments.experiment import Run
from trainers.reproduce.runs.generation import Generation
from trainers.reproduce.runs.training_run import TrainingRun

# Flags that a step's time depends on, among those that tell the runs of a scale apart.
DEPTH = ("num_layers", "decoder_layers")


class Estimator:
    """Estimates how long runs take on this machine.

    A few steps of each kind of run are measured, once for all runs of the kind: those
    of the same program, corpus and depth. A run without a code is taken to be as slow
    as one with a code. Which code a model has matters less, and what its decoder reads.

    Args:
        runs: all runs.
        data_dir: where the corpora are.
    """

    def __init__(self, runs: Sequence[Run], data_dir: str | None):
        self._runs = runs
        self._data_dir = data_dir
        self._measured = {}

    def seconds(self, run: Run) -> float | None:
        """Returns a run's time, or `None` if its corpus cannot be read."""
        trained = run.needs or run
        measured = self._measurement(trained)
        if measured is None:
            return None
        if isinstance(run, TrainingRun):
            return measured.training(run.flags["epochs"])
        if isinstance(run, Generation):
            return measured.start
        examples = measured.evaluation_steps * trained.flags["batch_size"]
        share = min(run.flags.get("examples", examples) / examples, 1.0)
        return measured.bounds(run.flags["samples"], share)

    def _measurement(self, run):
        kind = _kind(run)
        if kind not in self._measured:
            alike = [
                other
                for other in self._runs
                if isinstance(other, TrainingRun)
                and _kind(other) == kind
                and other.flags["latent"] != "none"
            ]
            self._measured[kind] = self._measure(alike[0] if alike else run)
        return self._measured[kind]

    def _measure(self, run):
        dataset, data_dir = run.flags["dataset"], self._data_dir
        is_own = dataset == "embedded" or "data_dir" in run.inputs
        # What is not there would be downloaded.
        if not is_own and not (data_dir and Path(data_dir, dataset).exists()):
            print(f"note: no estimate for {dataset}, which is not in --data_dir")
            return None
        print(f"measuring a few steps of {run.name}")
        with importing_tensorflow():
            from trainers.reproduce.estimates.measuring import measure
        try:
            return measure(run, data_dir)
        except UserError as error:
            print(f"note: no estimate for {dataset}: {error}")
            return None


def _kind(run):
    return run.program, run.flags["dataset"], *map(run.flags.get, DEPTH)


def in_words(seconds: float | None) -> str:
    """Returns a time in words, about as precise as an estimate.

    >>> [in_words(seconds) for seconds in (None, 8.0, 95.0, 5000.0, 400_000.0)]
    ['?', '10 s', '2 min', '1.4 h', '111 h']
    """
    if seconds is None:
        return "?"
    if seconds < 55:
        return f"{max(10 * round(seconds / 10), 10)} s"
    if seconds < 3300:
        return f"{round(seconds / 60)} min"
    hours = seconds / 3600
    return f"{hours:.0f} h" if hours >= 10 else f"{hours:.1f} h"
