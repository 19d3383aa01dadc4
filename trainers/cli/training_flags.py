"""The flags of training itself, the same in every training program."""

from absl import flags

from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import integers, positive

# --help lists these flags with the program.
flags.disclaim_key_flags()


def define(own: ProgramFlags) -> None:
    """Defines these flags; the program's table has the defaults that vary."""
    own.integer("epochs", "Number of epochs.", integers(1, 1_000_000))
    own.integer("batch_size", "Examples a batch.", integers(1, 1_000_000))
    own.number(
        "learning_rate",
        "Adam's, at first; falls linearly to 0.",
        positive(1000.0, 1e-9),
    )
    own.choice(
        "precision",
        "Of matrix products; weights and sums stay in float32. mixed_bfloat16 is "
        "faster where the hardware multiplies bfloat16 (AMX, AVX512-BF16, GPUs, TPUs) "
        "and nowhere else.",
        ["float32", "mixed_bfloat16"],
        default="float32",
    )
    own.choice(
        "jit",
        "What XLA compiles: on, the whole step, which takes minutes for each length "
        "of the inputs; auto, what gains by it on a CPU.",
        ["auto", "on", "off"],
        default="auto",
    )
    own.number("clip_norm", "Gradients are scaled to this global norm.", positive())
    own.integer(
        "patience",
        "Epochs without a better bound before stopping; 0: never.",
        integers(0, 1_000_000),
    )
    own.choice(
        "kl_schedule",
        "Weight of the KL.",
        ["constant", "linear", "sigmoid", "cyclical"],
    )
    own.number(
        "kl_epochs",
        "Epochs over which the KL weight rises to 1, or of a cycle.",
        positive(),
    )
