"""The arguments of the recurrent language model."""

import math

from tf_vmfvae.layers import Latent
from tf_vmfvae.models.language_model import CONDITIONS
from tf_vmfvae.models.sentence_encoder import ENCODERS, POOLINGS

# Width of what the decoder is told beside the code, as in the paper.
CONDITION_DIMS = {"bow": 200, "label": 50}


def check_arguments(arguments: dict, latent: Latent) -> None:
    """Checks what an `NVRNN` is made with, before any layer is.

    Args:
        arguments: its arguments by name.
        latent: its latent.

    Raises:
        ValueError: if one is out of its range, or contradicts another one.
    """
    choices = {
        "encoder": ENCODERS,
        "encoder_pooling": POOLINGS,
        "condition": CONDITIONS,
    }
    for name, allowed in choices.items():
        if arguments[name] not in allowed:
            raise ValueError(
                f"{name} is {arguments[name]!r}: choose one of {', '.join(allowed)}"
            )
    for name in ("num_layers", "samples"):
        if arguments[name] < 1:
            raise ValueError(f"{name} is {arguments[name]}: give at least 1")
    if arguments["code_layers"] < 0:
        raise ValueError(f"code_layers is {arguments['code_layers']}: give 0 or more")
    bow_loss, num_labels = arguments["bow_loss"], arguments["num_labels"]
    if not 0 <= bow_loss < math.inf:
        raise ValueError(f"bow_loss is {bow_loss}: give 0 or a positive number")
    if arguments["condition"] == "label" and not (num_labels and num_labels > 0):
        raise ValueError("condition is label: give num_labels, how many there are")
    if arguments["samples"] > 1 and latent.has_free_kl:
        raise ValueError(
            f"samples is {arguments['samples']}, and of several codes training has the "
            "importance-weighted bound, which takes the whole KL: give samples=1, or "
            "a latent that charges all of it (for GaussianLatent, free_bits=0)"
        )
