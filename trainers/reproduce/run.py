"""Runs experiments: their runs one by one, then their tables and figures."""

from pathlib import Path

from trainers.cli import paths
from trainers.cli.errors import RunFailed
from trainers.cli.program_flags import ProgramFlags
from trainers.reproduce.experiments.registry import EXPERIMENTS
from trainers.reproduce.flags import experiment_names
from trainers.reproduce.library.corpora import check_corpora
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
        SCALES[settings["scale"]],
        Path(settings["output_dir"]) / settings["scale"],
        settings["data_dir"],
    )
    # Before anything runs, all folders are looked at and all flags are checked.
    states = {each.name: plan.state(each) for each in plan.runs()}
    if settings["dry_run"]:
        for each in plan.runs():
            print(f"{states[each.name]:10}{plan.command(each)}")
        finished = list(states.values()).count("finished")
        print(f"{finished} of {len(states)} runs are finished")
        return
    to_train = [each for each in plan.runs() if isinstance(each, TrainingRun)]
    check_corpora(
        [each for each in to_train if states[each.name] != "finished"], plan.data_dir
    )
    paths.make_output_folder(plan.folder)
    runner = Runner(plan)
    for experiment in plan.experiments:
        for each in experiment.runs(plan.scale):
            runner.finish(each)
        write_results(plan, experiment, runner.found)
    if runner.failed:
        raise RunFailed(
            f"of {len(states)} runs {len(runner.failed)} failed: "
            f"{', '.join(runner.failed)}; the same command tries again"
        )
