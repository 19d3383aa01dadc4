"""Flags of trainers.reproduce."""

import os

from absl import flags

from trainers.cli import paths
from trainers.cli.errors import UserError
from trainers.cli.program_flags import ProgramFlags
from trainers.reproduce.experiments.registry import EXPERIMENTS
from trainers.reproduce.runs.scales import SCALES


def define_flags(values: flags.FlagValues = flags.FLAGS) -> ProgramFlags:
    """Defines and returns the flags; not on import, where another program's may be."""
    own = ProgramFlags(values=values, check=_check, without_effect=_without_effect)
    own.switch("list", "List the experiments and stop.", default=False)
    own.sentences(
        "experiment",
        "Experiments to run: names that --list shows, separated by commas.",
    )
    own.switch("all", "Run all experiments.", default=False)
    own.choice(
        "scale",
        f"How large the runs are. {'. '.join(s.text for s in SCALES.values())}.",
        list(SCALES),
        default="smoke",
    )
    own.choice(
        "precision",
        "Precision of matrix products in training, instead of the scale's. "
        "mixed_bfloat16 is faster on hardware that multiplies bfloat16. A run cannot "
        "be continued in another precision.",
        ["float32", "mixed_bfloat16"],
        default=None,
    )
    own.path(
        "data_dir",
        "The folder that holds ptb/, yelp/, 20ng/ and rcv1/, for the scales cpu and "
        "paper. A corpus that is not there is downloaded; for RCV1, which cannot be, "
        "documents are generated.",
        default=None,
    )
    own.path(
        "output_dir",
        "Folder for the runs and the results, with a folder for each scale.",
        default=os.path.join("runs", "reproduce"),
        for_tensorflow=True,
    )
    own.switch(
        "dry_run",
        "Print the commands of all runs, which are finished and about how long the "
        "others take on this machine, and stop.",
        default=False,
    )
    return own


def experiment_names(settings: dict) -> list[str]:
    """Returns the names of the experiments that the flags ask for, each once.

    >>> experiment_names({"all": False, "experiment": ["documents, collapse"]})
    ['documents', 'collapse']
    """
    if settings["all"]:
        return list(EXPERIMENTS)
    named = ",".join(settings["experiment"]).split(",")
    return list(dict.fromkeys(name.strip() for name in named if name.strip()))


def _check(settings):
    ways = [bool(settings[name]) for name in ("list", "experiment", "all")]
    if sum(ways) != 1:
        raise UserError(
            "give --experiment=NAME or --all to run experiments, or --list to list "
            "them, and only one of these"
        )
    if settings["list"]:
        return
    names = experiment_names(settings)
    if not names:
        raise UserError("--experiment: names no experiment; see --list")
    for name in names:
        if name not in EXPERIMENTS:
            raise UserError(
                f"--experiment={name}: there is no such experiment; choose from "
                f"{', '.join(EXPERIMENTS)}"
            )
    if settings["data_dir"] and settings["scale"] != "smoke":
        paths.check_input(settings["data_dir"], "data_dir")
    paths.check_output_folder(settings["output_dir"])


def _without_effect(settings):
    if settings["list"]:
        others = ("scale", "precision", "data_dir", "output_dir", "dry_run")
        return dict.fromkeys(others, "list")
    return {"data_dir": "scale"} if settings["scale"] == "smoke" else {}
