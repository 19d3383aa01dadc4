"""The flags of the latent, the same in every training program."""

import math

from absl import flags

from trainers.settings import require

FLAGS = [
    flags.DEFINE_enum(
        "latent",
        "vmf",
        ["vmf", "gaussian", "none"],
        "The latent; none: a model without a code.",
    ),
    flags.DEFINE_integer("latent_dim", None, "Dimensions of the code."),
    flags.DEFINE_float("kappa", None, "Concentration of the vMF posterior."),
]


def check(settings: dict) -> None:
    """Checks the values of these flags.

    Raises:
        UserError: if one makes no sense.
    """
    least = 2 if settings["latent"] == "vmf" else 1
    require(settings, "latent_dim", f"at least {least}", lambda x: x >= least)
    require(settings, "kappa", "positive and finite", lambda x: 0 < x < math.inf)


def without_effect(settings: dict) -> dict[str, str]:
    """Returns the flags that nothing reads, each with the flag that makes it so."""
    unused = {}
    if settings["latent"] != "vmf":
        unused["kappa"] = "latent"
    if settings["latent"] == "none":
        unused["latent_dim"] = "latent"
    return unused
