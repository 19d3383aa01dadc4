"""Latent layers by name."""

from tf_vmfvae import layers
from trainers.cli.latent_flags import LATENTS, PRODUCTS
from trainers.cli.settings import chosen


def make_latent(
    settings: dict, concentration_features: int | None = None
) -> layers.Latent:
    """Returns the latent layer that the flags name.

    Args:
        settings: the value of every flag, by name.
        concentration_features: the argument of that name of the latents on several
            spheres; by default the layer's own default.
    """
    name, arguments = LATENTS[settings["latent"]]
    values = chosen(settings, *arguments)
    if settings["latent"] in PRODUCTS and concentration_features is not None:
        values["concentration_features"] = concentration_features
    # Not the seed of the model, so that the noise is independent of the weights.
    return getattr(layers, name)(**values, seed=settings["seed"] + 1000)
