"""Checks of the constructors' arguments that all models have in common."""

import operator

from tf_vmfvae.layers import Latent


def check_counts(model, least: dict[str, int]) -> None:
    """Checks arguments that are whole numbers, and the seed.

    Args:
        model: the model, with its arguments as attributes.
        least: name of each argument -> its smallest value.

    Raises:
        ValueError: if one is not a whole number, or too small.
    """
    for name, smallest in least.items():
        value = getattr(model, name)
        _check_whole(name, value)
        if value < smallest:
            raise ValueError(f"{name} is {value}: give at least {smallest}")
    if model.seed is not None:
        _check_whole("seed", model.seed)


def check_dropout(model, names: tuple[str, ...]) -> None:
    """Checks shares of what is dropped in training.

    Args:
        model: the model, with its arguments as attributes.
        names: names of the arguments.

    Raises:
        ValueError: if one is below 0, 1 or more, or no number.
    """
    for name in names:
        value = getattr(model, name)
        if not isinstance(value, int | float) or not 0 <= value < 1:
            raise ValueError(f"{name} is {value!r}: give 0 or more, and below 1")


def check_latent(latent) -> None:
    """Checks that a latent is one.

    Raises:
        ValueError: if it is not.
    """
    if not isinstance(latent, Latent):
        raise ValueError(
            f"latent is {latent!r}: give a layer, such as "
            "tf_vmfvae.layers.VonMisesFisherLatent(50, kappa=80.0)"
        )


def _check_whole(name, value):
    try:
        operator.index(value)
    except TypeError:
        raise ValueError(f"{name} is {value!r}: give a whole number") from None
