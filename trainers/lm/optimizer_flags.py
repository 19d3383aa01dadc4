"""The flags of the language model's optimiser, and the defaults that go with each."""

from trainers.cli.defaults import Default
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import Range, below_one, positive

# Runs of versions without --clip_norm had this norm.
CLIP_NORM = 5.0
DEFAULTS = (
    Default({"clip_norm": CLIP_NORM, "plateau_factor": None}),
    # Those of the paper, and of its published code for the factor. Its loss is summed
    # over a sentence's words as ours is, so its learning rate and norm carry over.
    Default(
        {"learning_rate": 10.0, "clip_norm": 0.25, "plateau_factor": 1.2},
        {"optimizer": ["sgd"]},
    ),
)
LEARNING_RATE = (
    "Learning rate at the start; it falls linearly to a fiftieth of it, or as "
    "--plateau_factor says. It belongs to a loss that is summed over a sentence's "
    "words and averaged over sentences."
)


def define(own: ProgramFlags) -> None:
    """Defines these flags; the program's table has their defaults."""
    own.choice(
        "optimizer",
        "Optimiser; sgd: plain stochastic gradient descent, as in the paper.",
        ["adam", "sgd"],
        default="adam",
    )
    own.number(
        "clip_norm",
        "Gradients are scaled down to this global norm.",
        positive(),
    )
    own.number(
        "plateau_factor",
        "Divides the learning rate after each epoch without a better validation "
        "bound, instead of the linear fall.",
        Range(1.01, 1e6, "at least 1.01 and at most 1e+06"),
    )
    own.number(
        "ema_momentum",
        "Momentum, at each step, of an exponential moving average of the weights. "
        "Validation and the saved model have these averages. 0: the weights as they "
        "are.",
        below_one(),
        default=0.0,
    )
