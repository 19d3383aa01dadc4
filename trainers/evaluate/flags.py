"""Flags of trainers.evaluate."""

from absl import flags

from trainers.cli import paths
from trainers.cli.defaults import Derived
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import integers
from trainers.storage.model_file import find_model


def define_flags(values: flags.FlagValues = flags.FLAGS) -> ProgramFlags:
    """Defines and returns the flags; not on import, where another program's may be."""
    own = ProgramFlags(values=values, check=check)
    own.path("model", "A run folder or a .keras file. Required.", default=None)
    own.choice(
        "dataset",
        "Corpus to evaluate on; text: your own.",
        ["embedded", "ptb", "yelp", "text"],
        default=Derived("the one that the run folder names"),
    )
    own.path(
        "data_dir",
        "Where the corpus is, as for trainers.lm: the folder that holds ptb/ or yelp/, "
        "or your own text.",
        default=None,
    )
    own.choice(
        "split",
        "Split of the corpus to evaluate on.",
        ["train", "validation", "test"],
        default="test",
    )
    own.integer(
        "samples", "Codes sampled per example.", integers(1, 100_000), default=100
    )
    own.integer(
        "refine_steps",
        "Steps that fit each posterior to its example, for a second set of bounds. A "
        "step takes as long as training on the example eight times.",
        integers(1, 100_000),
        default=None,
    )
    own.integer(
        "examples",
        "Evaluate only this many examples, from the start of the split.",
        integers(2, 1_000_000_000),
        default=Derived("all"),
    )
    own.integer(
        "probe_examples",
        "Training examples that the probes are fitted to.",
        integers(20, 1_000_000_000),
        default=5000,
    )
    own.integer("batch_size", "Examples per batch.", integers(1, 1_000_000), default=32)
    own.integer(
        "memory_mb",
        "Approximate memory for decoding, in MiB.",
        integers(1, 1_000_000),
        default=512,
    )
    own.integer(
        "seed",
        "Seed of the codes and the probes.",
        integers(0, 1_000_000_000),
        default=1,
    )
    own.path(
        "output_dir",
        "Folder for the results.",
        default=Derived("evaluation-DATASET-SPLIT next to the model"),
    )
    return own


def check(settings: dict) -> None:
    """Checks the files and folders that the flags name.

    Raises:
        UserError: if one cannot be used.
    """
    find_model(settings["model"])
    if settings["data_dir"]:
        paths.check_input(settings["data_dir"], "data_dir")
    if settings["output_dir"]:
        paths.check_output_folder(settings["output_dir"])
