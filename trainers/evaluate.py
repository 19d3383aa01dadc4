"""Judges a trained language model on a data set.

    python -m trainers.evaluate --model=runs/lm-embedded-standard-vmf --samples=1000
    python -m trainers.evaluate --model=saved_models/ptb_vmf --dataset=ptb \
        --data_dir=data

prints a table and leaves, in --output_dir, evaluation.json and figures: the evidence
lower bound averaged over many samples of the code, the importance-weighted bound,
mutual information, active units, and what probes read off the code. For a run folder
and its own corpus, metrics.json gets the figures too.

Exit status: 0, 1 if the disk or the memory is full, 2 for bad input, 130 and 143 if
Ctrl-C and SIGTERM stopped it.
"""

from absl import flags

from trainers import command_line, paths
from trainers.command_line import UserError
from trainers.defaults import Derived
from trainers.program_flags import ProgramFlags
from trainers.ranges import integers


def define_flags(values: flags.FlagValues = flags.FLAGS) -> ProgramFlags:
    """Defines and returns the flags; not on import, where another program's may be."""
    own = ProgramFlags(values=values)
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


def main(settings: dict) -> None:
    """Checks the flags, then evaluates."""
    if not settings["model"]:
        raise UserError("--model: give a run folder or a .keras file")
    paths.check_model(settings["model"])
    if settings["data_dir"]:
        paths.check_input(settings["data_dir"], "data_dir")
    if settings["output_dir"]:
        paths.check_output_folder(settings["output_dir"])
    with command_line.importing_tensorflow():
        from trainers import evaluation_run

    evaluation_run.run(settings)


if __name__ == "__main__":
    command_line.run(define_flags, lambda own: main(own.settings()))
