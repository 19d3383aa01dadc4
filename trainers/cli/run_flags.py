"""The flags that say where a training run lives and where it runs."""

import os
from collections.abc import Sequence

from absl import flags

from trainers.cli.defaults import Derived
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import at_least_zero, integers

# --help lists these flags with the program.
flags.disclaim_key_flags()

# Flags that may differ when a run goes on.
FREE_FLAGS = {"output_dir", "data_dir", "save_seconds", "strategy"}


def define(own: ProgramFlags, program: str, naming: Sequence[str]) -> None:
    """Defines the flags that every training program has.

    Args:
        own: the program's flags.
        program: its name, with which the name of the default run folder begins.
        naming: the flags whose values the rest of that name consists of.
    """
    own.path(
        "output_dir",
        "Run folder; run again with the same one to go on.",
        default=Derived(
            os.path.join("runs", "-".join([program, *map(str.upper, naming)])),
            lambda settings: os.path.join(
                "runs", "-".join([program, *(settings[name] for name in naming)])
            ),
        ),
        for_tensorflow=True,
    )
    own.path(
        "data_dir", "Where the corpus lies (ptb/train.txt and so on).", default=None
    )
    own.integer(
        "seed",
        "Seed of weights, order and noise.",
        integers(0, 1_000_000_000),
        default=1,
    )
    own.choice(
        "strategy",
        "How to use the devices; auto: multi_worker if TF_CONFIG names several "
        "workers, else all GPUs, else one device. tpu is untested.",
        ["auto", "one_device", "mirrored", "multi_worker", "tpu"],
        default="auto",
    )
    own.number(
        "save_seconds",
        "Time between checkpoints within an epoch; 0: after every batch.",
        at_least_zero(1e9),
        default=120.0,
    )


def identity(settings: dict) -> dict:
    """Returns the settings that make a run what it is: all but `FREE_FLAGS`."""
    return {name: value for name, value in settings.items() if name not in FREE_FLAGS}
