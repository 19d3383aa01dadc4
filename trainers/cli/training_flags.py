"""The flags of training itself, the same in every training program."""

from trainers.cli.defaults import Derived
from trainers.cli.latent_flags import anneals_kappa, has_constant_kl, reads
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import at_least_zero, integers, positive

# Flags of earlier versions, with the value that every run has today.
FIXED = {"jit": "auto"}
# In a run with --initial_kappa, --bow_loss falls to 0 over this share of the epochs.
# Both are meant to make the code useful early on.
BOW_LOSS_SHARE = 0.9
ADAMS_LEARNING_RATE = (
    "Adam's learning rate at the start; it falls linearly to a fiftieth of it."
)


def define(
    own: ProgramFlags, codes: str, learning_rate: str = ADAMS_LEARNING_RATE
) -> None:
    """Defines these flags; the program's table has the defaults that vary.

    Args:
        own: the program's flags.
        codes: the help text of --codes.
        learning_rate: the help text of --learning_rate.
    """
    own.group("Training")
    own.integer("epochs", "Number of epochs.", integers(1, 1_000_000))
    own.integer("batch_size", "Examples per batch.", integers(1, 1_000_000))
    own.number("learning_rate", learning_rate, positive(1000.0, 1e-9))
    own.integer(
        "patience",
        "Epochs without a better validation bound before training stops; 0: train all "
        "epochs.",
        integers(0, 1_000_000),
    )
    own.integer("codes", codes, integers(1, 1000))
    own.choice(
        "kl_schedule",
        "How the KL's weight rises from 0 to --kl_weight; constant: it does not "
        "change.",
        ["constant", "linear", "sigmoid", "cyclical"],
    )
    own.number(
        "kl_weight",
        "Weight of the KL in the training loss, at the end of --kl_schedule. All "
        "figures are bounds with the full KL. Only for latents whose KL can change: "
        "vmf with --prior_components, vmf_learned, vmf_product, vmf_natural, gaussian, "
        "projected_normal.",
        at_least_zero(),
        default=1.0,
    )
    own.number(
        "anneal_epochs",
        "Epochs over which the KL's weight rises (--kl_schedule; for cyclical, the "
        "length of a cycle) or the concentration falls (--initial_kappa).",
        positive(),
        default=Derived("half of --epochs", lambda settings: 0.5 * settings["epochs"]),
    )
    own.integer(
        "encoder_steps",
        "Most steps of the encoder alone before each step of the whole model, as long "
        "as the encoder lags behind (He et al. 2019, who take 100); 0: none. They take "
        "many times as long.",
        integers(0, 100_000),
        default=0,
    )


def bow_loss_epochs(settings: dict) -> float | None:
    """Returns over how many epochs --bow_loss falls to 0, or `None` if it does not.

    >>> bow_loss_epochs({"epochs": 40, "bow_loss": 1.0, "initial_kappa": 400.0})
    36.0
    """
    if settings.get("bow_loss") and settings.get("initial_kappa"):
        return BOW_LOSS_SHARE * settings["epochs"]
    return None


def pretrain_epochs(settings: dict) -> int:
    """Returns how many of the first epochs train an autoencoder; by default none.

    >>> pretrain_epochs({"pretrain_epochs": None}), pretrain_epochs({})
    (0, 0)
    """
    return settings.get("pretrain_epochs") or 0


def without_effect(settings: dict) -> dict[str, str]:
    """Returns the flags that have no effect, each with the flag that is the reason."""
    unused = {}
    if has_constant_kl(settings):
        unused["kl_weight"] = "latent"
    elif settings["kl_weight"] == 0:
        unused["kl_schedule"] = "kl_weight"
        if reads(settings, "minimum_rate"):
            unused["minimum_rate"] = "kl_weight"
    if settings["latent"] == "none":
        unused["encoder_steps"] = "latent"
    rises = settings["kl_schedule"] != "constant" and "kl_schedule" not in unused
    if not (rises or anneals_kappa(settings)):
        unused["anneal_epochs"] = unused.get("kl_schedule", "kl_schedule")
    return unused


def weighs_kl(settings: dict) -> bool:
    """Returns whether the KL counts at its end with another weight than 1."""
    return settings["kl_weight"] != 1 and "kl_weight" not in without_effect(settings)
