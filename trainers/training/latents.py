"""Latent layers by name."""

from tf_vmfvae import layers
from trainers.cli.latent_flags import LATENTS, PRODUCTS
from trainers.cli.settings import chosen


def make_latent(settings: dict) -> layers.Latent:
    """Returns the latent layer that the flags name.

    Args:
        settings: the value of every flag, by name.
    """
    name, arguments = LATENTS[settings["latent"]]
    values = chosen(settings, *arguments)
    if settings["latent"] in PRODUCTS and settings["kappa_by"] == "length":
        # The encoders put the length last.
        values["concentration_features"] = 1
    # Not the seed of the model, so that the noise is independent of the weights.
    return getattr(layers, name)(**values, seed=settings["seed"] + 1000)
