"""Latent layers by name."""

from tf_vmfvae import layers
from trainers.latent_flags import LATENTS


def make_latent(settings: dict) -> layers.Latent:
    """Returns the latent layer that the flags name."""
    name, arguments = LATENTS[settings["latent"]]
    # Not the model's seed: the noise is its own.
    seed = settings["seed"] + 1000
    values = {argument: settings[argument] for argument in arguments}
    return getattr(layers, name)(**values, seed=seed)
