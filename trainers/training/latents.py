"""Latent layers by name."""

import contextlib
from collections.abc import Iterator

from tf_vmfvae import layers
from trainers.cli.errors import UserError
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
    # Not the model's seed: the noise is its own.
    seed = settings["seed"] + 1000
    values = chosen(settings, *arguments)
    if settings["latent"] in PRODUCTS and concentration_features is not None:
        values["concentration_features"] = concentration_features
    return getattr(layers, name)(**values, seed=seed)


@contextlib.contextmanager
def latent_named(settings: dict) -> Iterator[None]:
    """Names the flag of a latent that does not go with the model made around it.

    Raises:
        UserError: if the model is refused.
    """
    try:
        yield
    except ValueError as error:
        reason = str(error).partition("\n")[0]
        raise UserError(f"--latent={settings['latent']}: {reason}") from error
