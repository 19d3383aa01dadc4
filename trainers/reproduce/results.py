"""Writes and prints the results of an experiment."""

import dataclasses

from trainers.reproduce.experiments.experiment import Experiment, Found
from trainers.reproduce.plan import Plan
from trainers.reproduce.reports.files import write_report


def write_results(plan: Plan, experiment: Experiment, found: Found) -> None:
    """Writes and prints the results of an experiment, if any of its runs is finished.

    Args:
        plan: the plan that the experiment belongs to.
        experiment: the experiment.
        found: what the finished runs of the plan measured, by name.

    Raises:
        OSError: if a file cannot be written.
    """
    runs = experiment.runs(plan.scale)
    missing = [run.name for run in runs if run.name not in found]
    if runs and len(missing) == len(runs):
        return
    report = experiment.report(plan.scale, found)
    if missing:
        note = f"Not finished: {', '.join(missing)}."
        report = dataclasses.replace(report, notes=[*report.notes, note])
    about = {
        "experiment": experiment.name,
        "title": experiment.title,
        "scale": plan.scale.name,
        "about_scale": plan.scale.note if runs else "",
        "missing": missing,
        "commands": {run.name: plan.command(run) for run in runs},
    }
    print(f"\n{experiment.title}")
    for table in report.tables:
        print(f"\n{table.markdown()}")
    for file in write_report(report, plan.folder, experiment.name, about):
        print(file)
