"""The flags of trainers.evaluate."""

from absl import flags

from trainers.cli import paths
from trainers.cli.defaults import Derived
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import integers
from trainers.storage.model_file import find_model


def define_flags(values: flags.FlagValues = flags.FLAGS) -> ProgramFlags:
    """Defines and returns the flags; not on import, where another program's may be."""
    own = ProgramFlags(values=values, check=check)
    own.path("model", "A run folder or a .keras file.", default=None)
    own.choice(
        "dataset",
        "The corpus.",
        ["embedded", "ptb", "yelp", "text"],
        default=Derived("the one that the run folder names"),
    )
    own.path(
        "data_dir", "Where the corpus lies (ptb/train.txt and so on).", default=None
    )
    own.choice(
        "split",
        "The part to judge by.",
        ["train", "validation", "test"],
        default="test",
    )
    own.integer(
        "samples", "Samples of the code an example.", integers(1, 100_000), default=100
    )
    own.integer(
        "refine_steps",
        "Steps that fit each posterior to its example, for bounds beside the encoder's "
        "own. A step takes as long as training on the example eight times.",
        integers(1, 100_000),
        default=None,
    )
    own.integer(
        "examples",
        "So many examples of the part, the first ones.",
        integers(2, 1_000_000_000),
        default=Derived("all"),
    )
    own.integer(
        "probe_examples",
        "Training examples that probes are fitted to.",
        integers(20, 1_000_000_000),
        default=5000,
    )
    own.integer("batch_size", "Examples a batch.", integers(1, 1_000_000), default=32)
    own.integer(
        "memory_mb",
        "About how much memory decoding may take, in MiB.",
        integers(1, 1_000_000),
        default=512,
    )
    own.integer(
        "seed", "Seed of codes and probes.", integers(0, 1_000_000_000), default=1
    )
    own.path(
        "output_dir",
        "Where the figures go.",
        default=Derived("evaluation-DATASET-SPLIT beside the model"),
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
