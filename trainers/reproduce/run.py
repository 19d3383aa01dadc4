"""Runs experiments: their runs one by one, then their tables and figures."""

import dataclasses
from pathlib import Path

from trainers.cli import paths
from trainers.cli.errors import RunFailed
from trainers.cli.program_flags import ProgramFlags
from trainers.reproduce.corpora import check_corpora
from trainers.reproduce.estimates.estimator import Estimator, in_words
from trainers.reproduce.experiments.registry import EXPERIMENTS
from trainers.reproduce.flags import experiment_names
from trainers.reproduce.plan import Plan
from trainers.reproduce.results import write_results
from trainers.reproduce.runner import Runner
from trainers.reproduce.runs.scales import SCALES
from trainers.reproduce.runs.training_run import TrainingRun


def run(own: ProgramFlags) -> None:
    """Does what the flags ask for.

    Raises:
        UserError: if a flag, a corpus or a folder cannot be used.
        RunFailed: if a run failed; the others are done by then.
    """
    settings, notes = own.read_settings()
    for note in notes:
        print(f"note: {note}")
    if settings["list"]:
        for name, experiment in EXPERIMENTS.items():
            print(f"{name:24}{experiment.title}")
        return
    plan = Plan(
        [EXPERIMENTS[name] for name in experiment_names(settings)],
        _scale(settings),
        Path(settings["output_dir"]) / settings["scale"],
        settings["data_dir"],
    )
    # Before anything runs, all folders are looked at and all flags are checked.
    states = {each.name: plan.state(each) for each in plan.runs()}
    if settings["dry_run"]:
        _print_plan(plan, states)
        return
    to_train = [each for each in plan.runs() if isinstance(each, TrainingRun)]
    check_corpora(
        [each for each in to_train if states[each.name] != "finished"], plan.data_dir
    )
    paths.make_output_folder(plan.folder)
    runner = Runner(plan)
    left = list(plan.experiments)
    while left:
        for experiment in [*left]:
            runs = experiment.runs(plan.scale)
            for each in runs:
                runner.finish(each)
            if all(map(runner.is_done, runs)):
                runner.look_again(runs)
                write_results(plan, experiment, runner.found)
                left.remove(experiment)
        if left:
            runner.wait([each for one in left for each in one.runs(plan.scale)])
    runner.look_again(plan.runs())
    if runner.failed:
        raise RunFailed(
            f"of {len(states)} runs {len(runner.failed)} failed: "
            f"{', '.join(runner.failed)}; the same command tries again"
        )


def _print_plan(plan, states):
    """Prints the commands of all runs, which are finished and how long others take."""
    estimator = Estimator(plan.runs(), plan.data_dir)
    lines, left = [], []
    for each in plan.runs():
        time = ""
        if states[each.name] != "finished":
            left.append(estimator.seconds(each))
            time = in_words(left[-1])
        lines.append(f"{states[each.name]:10}{time:8}{plan.command(each)}")
    print("\n".join(lines))
    print(f"{len(lines) - len(left)} of {len(lines)} runs are finished{_rest(left)}")


def _rest(left):
    """Returns what the runs that are left take, the end of a sentence."""
    known = [seconds for seconds in left if seconds is not None]
    unknown = len(left) - len(known)
    take = f"take about {in_words(sum(known))} on this machine"
    if not left:
        return ""
    if not known:
        return "; the others have no estimate"
    if not unknown:
        return f"; the others {take}"
    return f"; of the others, {len(known)} {take} and {unknown} have no estimate"


def _scale(settings):
    """Returns the scale, changed by flags; it reads RCV1 itself if that is there."""
    scale = SCALES[settings["scale"]]
    if settings["precision"]:
        scale = scale.in_precision(settings["precision"])
    data_dir = settings["data_dir"]
    if data_dir and Path(data_dir, "rcv1").exists():
        scale = dataclasses.replace(scale, generated=None)
    return scale
