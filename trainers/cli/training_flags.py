"""The flags of training itself, the same in every training program."""

from trainers.cli.defaults import Derived
from trainers.cli.latent_flags import anneals_kappa
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import integers, positive

# Flags of earlier versions, with the value that every run has today.
FIXED = {"jit": "auto"}
# In a run with --initial_kappa, --bow_loss falls to 0 over this share of the epochs.
# Both are meant to make the code useful early on.
BOW_LOSS_SHARE = 0.9


def define(own: ProgramFlags, codes: str) -> None:
    """Defines these flags; the program's table has the defaults that vary.

    Args:
        own: the program's flags.
        codes: the help text of --codes.
    """
    own.group("Training")
    own.integer("epochs", "Number of epochs.", integers(1, 1_000_000))
    own.integer("batch_size", "Examples per batch.", integers(1, 1_000_000))
    own.number(
        "learning_rate",
        "Adam's learning rate at the start; it falls linearly to a fiftieth of it.",
        positive(1000.0, 1e-9),
    )
    own.integer(
        "patience",
        "Epochs without a better validation bound before training stops; 0: train all "
        "epochs.",
        integers(0, 1_000_000),
    )
    own.integer("codes", codes, integers(1, 1000))
    own.choice(
        "kl_schedule",
        "How the KL's weight rises from 0 to 1; constant: it is always 1.",
        ["constant", "linear", "sigmoid", "cyclical"],
    )
    own.number(
        "anneal_epochs",
        "Epochs over which the KL's weight rises (--kl_schedule; for cyclical, the "
        "length of a cycle) or the concentration falls (--initial_kappa).",
        positive(),
        default=Derived("half of --epochs", lambda settings: 0.5 * settings["epochs"]),
    )


def bow_loss_epochs(settings: dict) -> float | None:
    """Returns over how many epochs --bow_loss falls to 0, or `None` if it does not.

    >>> bow_loss_epochs({"epochs": 40, "bow_loss": 1.0, "initial_kappa": 400.0})
    36.0
    """
    if settings.get("bow_loss") and settings.get("initial_kappa"):
        return BOW_LOSS_SHARE * settings["epochs"]
    return None


def without_effect(settings: dict) -> dict[str, str]:
    """Returns the flags that have no effect, each with the flag that is the reason."""
    if settings["kl_schedule"] == "constant" and not anneals_kappa(settings):
        return {"anneal_epochs": "kl_schedule"}
    return {}
