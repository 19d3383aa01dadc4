"""Judges a trained language model on a data set.

    python -m trainers.evaluate --model=runs/lm-embedded-standard-vmf --samples=1000
    python -m trainers.evaluate --model=saved_models/ptb_vmf --dataset=ptb \
        --data_dir=data

prints a table and leaves, in --output_dir, evaluation.json and figures: the evidence
lower bound averaged over many samples of the code, the importance-weighted bound,
mutual information, active units, and what probes read off the code. For a run folder
and its own corpus, metrics.json gets the figures too.

Exit status: 0, 1 if the disk or the memory is full, 2 for bad input.
"""

import os

from absl import flags

from trainers import command_line
from trainers.command_line import UserError


def define_flags() -> list[flags.FlagHolder]:
    """Defines and returns the flags; not on import, where another program's may be."""
    return [
        flags.DEFINE_string("model", None, "A run folder or a .keras file."),
        flags.DEFINE_enum(
            "dataset",
            None,
            ["embedded", "ptb", "yelp", "text"],
            "The corpus. Default: the one that the run folder names.",
        ),
        flags.DEFINE_string(
            "data_dir", None, "Where the corpus lies (ptb/train.txt and so on)."
        ),
        flags.DEFINE_enum(
            "split", "test", ["train", "validation", "test"], "The part to judge by."
        ),
        flags.DEFINE_integer(
            "samples", 100, "Samples of the code an example.", 1, 100_000
        ),
        flags.DEFINE_integer(
            "refine_steps",
            None,
            "Steps that fit each posterior to its example, for bounds beside the "
            "encoder's own. A step takes as long as training on the example eight "
            "times. Default: none.",
            1,
        ),
        flags.DEFINE_integer(
            "examples", None, "So many examples of the part, the first ones.", 2
        ),
        flags.DEFINE_integer(
            "probe_examples", 5000, "Training examples that probes are fitted to.", 20
        ),
        flags.DEFINE_integer("batch_size", 32, "Examples a batch.", 1),
        flags.DEFINE_integer(
            "memory_mb", 512, "About how much memory decoding may take, in MiB.", 1
        ),
        flags.DEFINE_integer("seed", 1, "Seed of codes and probes.", 0, 1_000_000_000),
        flags.DEFINE_string(
            "output_dir",
            None,
            "Where the figures go. Default: evaluation-DATASET-SPLIT beside the model.",
        ),
    ]


def main(settings: dict) -> None:
    """Checks the flags, then evaluates."""
    if not settings["model"]:
        raise UserError("--model: give a run folder or a .keras file")
    # Only what TensorFlow cannot go on after.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with command_line.native_noise_held_back():
        from trainers import evaluation_run

    evaluation_run.run(settings)


if __name__ == "__main__":
    HOLDERS = define_flags()
    command_line.run(lambda: main({flag.name: flag.value for flag in HOLDERS}))
