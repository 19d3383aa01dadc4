"""The codes that are compared, and what is tuned of each."""

import dataclasses
from collections.abc import Mapping
from typing import Any

# What all systems of a corpus share.
TRAINING = {
    "ptb": {
        "latent_dim": 50,
        "embedding_dim": 100,
        "encoder_pooling": "last",
        "bow_loss": 0.0,
        "dropout": 0.2,
        "batch_size": 32,
        "learning_rate": 4e-3,
        "epochs": 4,
        "patience": 0,
        "precision": "mixed_bfloat16",
    },
}
# Yelp's data_dir may hold 6,000 reviews only, which take more epochs.
TRAINING["yelp"] = {**TRAINING["ptb"], "condition": "label", "epochs": 12}
# To try the program.
TRAINING["embedded"] = {
    **TRAINING["ptb"],
    "latent_dim": 20,
    "embedding_dim": 16,
    "batch_size": 100,
    "epochs": 2,
}
# Flags that a model without a code does not read.
OF_CODES = ("latent_dim", "encoder_pooling", "bow_loss")
ANNEALED = {"kl_schedule": "linear"}
SPHERES = {"spheres": 10, **ANNEALED}


def _by_setting(standard, inputless):
    """Returns values that differ by setting."""
    return {"standard": standard, "inputless": inputless}


# Nats. Where the decoder reads the words, little is left for the code to say.
RATES = _by_setting((0.5, 1.0, 2.0), (8.0, 10.0, 12.0))
FREE_BITS = _by_setting((1.0, 2.0, 4.0), (4.0, 6.0, 8.0))
KAPPAS = _by_setting((5.0, 15.0, 35.0), (40.0, 60.0, 80.0))


@dataclasses.dataclass(frozen=True)
class System:
    """A code with what has been tried of it.

    Attributes:
        name: what tables call it.
        flags: flags of trainers.lm.
        tuned: the flag that is tuned.
        values: its values, among which the validation set chooses, or those of each
            setting by name; equally many for each code.
    """

    name: str
    flags: Mapping[str, Any]
    tuned: str | None = None
    values: tuple | Mapping[str, tuple] = ()

    def variants(self, setting: str) -> list[dict[str, Any]]:
        """Returns the flags of each tuning run.

        >>> SYSTEMS["vmf"].variants("inputless")[0]
        {'latent': 'vmf', 'kappa': 40.0}
        """
        if self.tuned is None:
            return [dict(self.flags)]
        values = self.values
        if isinstance(values, Mapping):
            values = values[setting]
        return [{**self.flags, self.tuned: value} for value in values]


# Each baseline of the Gaussian has its source in trainers.lm's help.
SYSTEMS = {
    "lstm": System("LSTM without a code", {"latent": "none"}),
    "gaussian": System(
        "Gaussian, linear annealing",
        {"latent": "gaussian", **ANNEALED},
        "anneal_epochs",
        (1.0, 2.0, 3.0),
    ),
    "gaussian_cyclical": System(
        "Gaussian, cyclical annealing",
        {"latent": "gaussian", "kl_schedule": "cyclical"},
        "anneal_epochs",
        (0.5, 1.0, 2.0),
    ),
    "gaussian_free_bits": System(
        "Gaussian, free bits",
        {"latent": "gaussian", **ANNEALED},
        "free_bits",
        FREE_BITS,
    ),
    "gaussian_batch_norm": System(
        "Gaussian, BN-VAE",
        {"latent": "gaussian", **ANNEALED},
        "batch_norm",
        _by_setting((0.1, 0.2, 0.3), (0.4, 0.6, 0.8)),
    ),
    "gaussian_minimum_rate": System(
        "Gaussian, minimum rate",
        {"latent": "gaussian", **ANNEALED},
        "minimum_rate",
        RATES,
    ),
    "gaussian_minimum_rate_16": System(
        "Gaussian of 16 dimensions, minimum rate",
        {"latent": "gaussian", "latent_dim": 16, **ANNEALED},
        "minimum_rate",
        RATES,
    ),
    "gaussian_aggressive": System(
        "Gaussian, aggressive training of the encoder",
        {"latent": "gaussian", **ANNEALED},
        "encoder_steps",
        (3, 10, 30),
    ),
    "gaussian_pretrained": System(
        "Gaussian, pretrained as an autoencoder, free bits",
        {"latent": "gaussian", "pretrain_epochs": 1, **ANNEALED},
        "free_bits",
        FREE_BITS,
    ),
    "gaussian_mixture": System(
        "Gaussian, learned mixture prior",
        {"latent": "gaussian", **ANNEALED},
        "prior_components",
        (20, 100, 500),
    ),
    "projected_normal_annealed": System(
        "direction of a Gaussian of 16 dimensions, linear annealing",
        {"latent": "projected_normal", "latent_dim": 16, **ANNEALED},
        "anneal_epochs",
        (1.0, 2.0, 3.0),
    ),
    "projected_normal_16": System(
        "direction of a Gaussian of 16 dimensions, minimum rate",
        {"latent": "projected_normal", "latent_dim": 16, **ANNEALED},
        "minimum_rate",
        RATES,
    ),
    "vmf": System("vMF", {"latent": "vmf"}, "kappa", KAPPAS),
    "vmf_mixture": System(
        "vMF, learned mixture prior",
        {"latent": "vmf", "prior_components": 100, **ANNEALED},
        "kappa",
        KAPPAS,
    ),
    "vmf_learned": System(
        "vMF, learned kappa, minimum rate",
        {"latent": "vmf_learned", "kappa": 80.0, **ANNEALED},
        "minimum_rate",
        RATES,
    ),
    "spherical_cauchy": System(
        "spherical Cauchy", {"latent": "spherical_cauchy"}, "kappa", KAPPAS
    ),
    "vmf_product": System(
        "vMF on 10 spheres",
        {"latent": "vmf_product", **SPHERES},
        "kappa",
        (10.0, 20.0, 50.0),
    ),
    "vmf_natural": System(
        "vMF on 10 spheres, natural parameters",
        {"latent": "vmf_natural", **SPHERES},
        "kappa",
        (10.0, 20.0, 50.0),
    ),
    "vmf_natural_length": System(
        "vMF on 10 spheres, natural parameters, kappa by length",
        {"latent": "vmf_natural", "kappa_by": "length", **SPHERES},
        "kappa",
        (10.0, 20.0, 50.0),
    ),
    "vmf_natural_minimum_rate": System(
        "vMF on 10 spheres, natural parameters, minimum rate",
        {"latent": "vmf_natural", "kappa": 20.0, **SPHERES},
        "minimum_rate",
        RATES,
    ),
    "vmf_natural_mixture": System(
        "vMF on 10 spheres, natural parameters, learned mixture prior",
        {"latent": "vmf_natural", "kappa": 20.0, **SPHERES},
        "prior_components",
        (20, 100, 500),
    ),
}


def training_flags(
    corpus: str, setting: str, variant: Mapping[str, Any], hidden_dim: int, seed: int
) -> dict[str, Any]:
    """Returns the flags of a run of trainers.lm, but for where data and results are.

    >>> training_flags("ptb", "inputless", {"latent": "none"}, 400, 1)["dropout"]
    0.2
    """
    flags = {"dataset": corpus, "setting": setting, **TRAINING[corpus], **variant}
    if variant["latent"] == "none":
        flags = {name: value for name, value in flags.items() if name not in OF_CODES}
    return {**flags, "hidden_dim": hidden_dim, "seed": seed}
