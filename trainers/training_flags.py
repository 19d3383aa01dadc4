"""The flags of training itself, the same in every training program."""

import math

from absl import flags

from trainers.settings import require

FLAGS = [
    flags.DEFINE_integer("epochs", None, "Number of epochs.", lower_bound=1),
    flags.DEFINE_integer("batch_size", None, "Examples a batch.", lower_bound=1),
    flags.DEFINE_float("learning_rate", None, "Adam's, at first; falls linearly to 0."),
    flags.DEFINE_enum(
        "precision",
        "float32",
        ["float32", "mixed_bfloat16"],
        "Of matrix products; weights and sums stay in float32. mixed_bfloat16 is "
        "faster where the hardware multiplies bfloat16 (AMX, AVX512-BF16, GPUs, TPUs) "
        "and nowhere else.",
    ),
    flags.DEFINE_enum(
        "jit",
        "auto",
        ["auto", "on", "off"],
        "What XLA compiles: on, the whole step, which takes minutes for each length "
        "of the inputs; auto, what gains by it on a CPU.",
    ),
    flags.DEFINE_float("clip_norm", 5.0, "Gradients are scaled to this global norm."),
    flags.DEFINE_integer(
        "patience", 3, "Epochs without a better bound before stopping; 0: never."
    ),
    flags.DEFINE_enum(
        "kl_schedule",
        "constant",
        ["constant", "linear", "sigmoid", "cyclical"],
        "Weight of the KL.",
    ),
    flags.DEFINE_float(
        "kl_epochs", 20.0, "Epochs over which the KL weight rises to 1, or of a cycle."
    ),
]


def check(settings: dict) -> None:
    """Checks the values of these flags.

    Raises:
        UserError: if one makes no sense.
    """
    require(settings, "patience", "at least 0", lambda x: x >= 0)
    for name in ("kl_epochs", "learning_rate", "clip_norm"):
        require(settings, name, "positive and finite", lambda x: 0 < x < math.inf)
