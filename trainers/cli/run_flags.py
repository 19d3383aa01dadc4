"""The flags that say where a training run is kept and how it is executed."""

import os
from collections.abc import Sequence

from trainers.cli.defaults import Derived
from trainers.cli.errors import UserError
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import at_least_zero, integers

# Flags that may have another value when a run is continued.
FREE_FLAGS = {
    "output_dir",
    "data_dir",
    "save_seconds",
    "strategy",
    "accumulate_steps",
}


def define(own: ProgramFlags, program: str, naming: Sequence[str]) -> None:
    """Defines the flags of a training run.

    Args:
        own: the program's flags.
        program: the program's name, with which the name of the default run folder
            begins.
        naming: flags whose values are the rest of that name.
    """
    own.group("Run")
    own.path(
        "output_dir",
        "Run folder. The same command continues the run that is in it.",
        default=Derived(
            os.path.join("runs", "-".join([program, *map(str.upper, naming)])),
            lambda settings: os.path.join(
                "runs", "-".join([program, *(settings[name] for name in naming)])
            ),
        ),
        for_tensorflow=True,
    )
    own.integer(
        "seed",
        "Seed of the initial weights, the order of the examples and all noise.",
        integers(0, 1_000_000_000),
        default=1,
    )
    own.choice(
        "precision",
        "Precision of matrix products. mixed_bfloat16 is faster on hardware that "
        "multiplies bfloat16: CPUs with AMX or AVX512-BF16, GPUs, TPUs.",
        ["float32", "mixed_bfloat16"],
        default="float32",
    )
    own.choice(
        "strategy",
        "Devices to train on. auto: several workers if TF_CONFIG names them, else all "
        "GPUs, else one device. tpu is untested.",
        ["auto", "one_device", "mirrored", "multi_worker", "tpu"],
        default="auto",
    )
    own.integer(
        "accumulate_steps",
        "Parts in which every device reads its share of a batch, one after another. "
        "More of them need less memory; the update is the same.",
        integers(1, 1_000_000),
        default=1,
    )
    own.number(
        "save_seconds",
        "Seconds between checkpoints within an epoch; 0 saves after every batch.",
        at_least_zero(1e9),
        default=120.0,
    )


def check(settings: dict) -> None:
    """Checks these flags against the others.

    Raises:
        UserError: if a batch has fewer examples than parts.
    """
    if settings["accumulate_steps"] > settings["batch_size"]:
        raise UserError(
            f"--accumulate_steps: at most --batch_size, {settings['batch_size']}"
        )


def identity(settings: dict) -> dict:
    """Returns the settings that make a run what it is: all but `FREE_FLAGS`."""
    return {name: value for name, value in settings.items() if name not in FREE_FLAGS}
