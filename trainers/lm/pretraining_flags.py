"""The flag of pretraining as an autoencoder."""

from trainers.cli.latent_flags import has_constant_kl
from trainers.cli.program_flags import ProgramFlags
from trainers.cli.ranges import integers, require


def define(own: ProgramFlags) -> None:
    """Defines the flag."""
    own.integer(
        "pretrain_epochs",
        "First epochs, in which the model is an autoencoder: the KL's weight is 0. "
        "Then the decoder starts over, and --kl_schedule begins (Li et al. 2019, with "
        "--kl_schedule=linear and --free_bits). The best epoch is one of the others. "
        "Only for latents whose KL can change, see --kl_weight.",
        integers(0, 1_000_000),
        default=0,
    )


def check(settings: dict) -> None:
    """Checks the flag against the others.

    Raises:
        UserError: if no epoch is left after these.
    """
    epochs = settings["epochs"]
    rule = f"less than --epochs={epochs}"
    require(settings, "pretrain_epochs", rule, lambda x: x < epochs)


def pretrains(settings: dict) -> bool:
    """Returns whether the model is first an autoencoder.

    >>> pretrains({"latent": "gaussian", "pretrain_epochs": 2})
    True
    >>> pretrains({"latent": "power_spherical", "pretrain_epochs": 2})
    False
    """
    return settings["pretrain_epochs"] > 0 and not has_constant_kl(settings)


def without_effect(settings: dict) -> dict[str, str]:
    """Returns the flag with its reason if it has no effect."""
    return {"pretrain_epochs": "latent"} if has_constant_kl(settings) else {}
