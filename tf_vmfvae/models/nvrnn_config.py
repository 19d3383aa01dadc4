"""Configurations of the recurrent language model, of this and earlier versions."""

import math

from tf_vmfvae.layers import BagOfWordsCondition, Condition, LabelCondition, Latent
from tf_vmfvae.models.constructor_arguments import (
    check_counts,
    check_dropout,
    check_latent,
)
from tf_vmfvae.models.sentence_encoder import POOLINGS, TYPES

# Arguments that a configuration holds as they are.
ARGUMENTS = (
    "vocabulary",
    "embedding_dim",
    "hidden_dim",
    "num_layers",
    "decoder_layers",
    "encoder_type",
    "encoder_pooling",
    "encoder_length",
    "code_layers",
    "code_at_every_step",
    "bow_loss",
    "codes",
    "word_dropout",
    "encoder_swaps",
    "encoder_replacements",
    "dropout",
    "recurrent_dropout",
    "weight_drop",
    "variational_dropout",
    "tie_embeddings",
    "softmax_cutoffs",
    "seed",
)
CHOICES = {"encoder_type": TYPES, "encoder_pooling": POOLINGS}
LEAST = {
    "embedding_dim": 1,
    "hidden_dim": 1,
    "num_layers": 1,
    "decoder_layers": 1,
    "code_layers": 0,
    "codes": 1,
}
RENAMED = {"encoder": "encoder_type", "samples": "codes"}


def check_arguments(model, latent: Latent, condition: Condition | None) -> None:
    """Checks the arguments of an `NVRNN` before its layers are made.

    Args:
        model: the model, with its other arguments as attributes.
        latent: the model's latent.
        condition: the model's condition.

    Raises:
        ValueError: if an argument is out of its range or contradicts another one.
    """
    for name, allowed in CHOICES.items():
        value = getattr(model, name)
        if value not in allowed:
            raise ValueError(f"{name} is {value!r}: choose one of {', '.join(allowed)}")
    check_latent(latent)
    check_counts(model, LEAST)
    check_dropout(model, ("dropout", "recurrent_dropout", "weight_drop"))
    if model.weight_drop and model.encoder_type == "gru" and not latent.is_empty:
        raise ValueError(
            f"weight_drop is {model.weight_drop}: encoder_type is 'gru', which has no "
            "weight drop; choose 'lstm' or 'bilstm', or give 0"
        )
    if not 0 <= model.bow_loss < math.inf:
        raise ValueError(f"bow_loss is {model.bow_loss}: give 0 or a positive number")
    for name in ("code_at_every_step", "variational_dropout", "encoder_length"):
        if not isinstance(getattr(model, name), bool):
            raise ValueError(f"{name} is {getattr(model, name)!r}: give True or False")
    if not isinstance(condition, Condition | None):
        raise ValueError(
            f"condition is {condition!r}: give a layer, such as "
            "tf_vmfvae.layers.BagOfWordsCondition(), or None"
        )
    if model.codes > 1 and latent.normalizes_batch:
        raise ValueError(
            f"codes is {model.codes}: with several codes, training weighs each by its "
            "own posterior, which a latent that normalises over the batch does not "
            "have; give codes=1, or another latent (for GaussianLatent, batch_norm=0)"
        )
    if model.codes > 1 and latent.has_free_kl:
        raise ValueError(
            f"codes is {model.codes}: with several codes, training uses the "
            "importance-weighted bound, which needs the whole KL; give codes=1, or a "
            "latent that charges all of it (minimum_rate=0 and free_bits=0)"
        )


def read_config(config: dict) -> dict:
    """Returns a configuration of any version in the form of this one.

    In earlier versions the condition was `"none"`, `"bow"` or `"label"`, with its width
    and the number of labels as arguments of the model.

    >>> config = read_config({"encoder": "gru", "condition": "bow", "samples": 2})
    >>> config["encoder_type"], config["condition"].description, config["codes"]
    ('gru', 'BagOfWordsCondition(units=200)', 2)
    """
    config = {RENAMED.get(name, name): value for name, value in config.items()}
    units, num_labels = (
        config.pop(name, None) for name in ("condition_dim", "num_labels")
    )
    options = {"units": units} if units else {}
    if config.get("condition") == "none":
        config["condition"] = None
    elif config.get("condition") == "bow":
        config["condition"] = BagOfWordsCondition(**options)
    elif config.get("condition") == "label":
        config["condition"] = LabelCondition(num_labels, **options)
    return config
