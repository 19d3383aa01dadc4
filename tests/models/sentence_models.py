"""Small models of sentences, which several tests use."""

import keras

import tf_vmfvae
from tf_vmfvae import layers
from tf_vmfvae.ops.batch_inputs import padded

SENTENCES = [
    "the company said its profit rose",
    "the bank fell sharply",
    "shares rose",
    "the company said the shares of the bank fell",
]
WORDS = sorted({word for text in SENTENCES for word in text.split()})
LATENTS = {
    "vmf": lambda: layers.VonMisesFisherLatent(8, kappa=30.0, seed=3),
    "vmf_learned": lambda: layers.LearnedVonMisesFisherLatent(8, kappa=30.0, seed=3),
    "power_spherical": lambda: layers.PowerSphericalLatent(8, kappa=30.0, seed=3),
    "spherical_cauchy": lambda: layers.SphericalCauchyLatent(8, kappa=30.0, seed=3),
    "vmf_norm": lambda: layers.VonMisesFisherNormLatent(8, kappa=30.0, seed=3),
    "gaussian": lambda: layers.GaussianLatent(8, seed=3),
    "projected_normal": lambda: layers.ProjectedNormalLatent(8, seed=3),
    "none": lambda: layers.NoLatent(seed=3),
}


def make_model(latent="vmf", condition=None, **options):
    """Returns an `NVRNN`; `condition` is a function that makes one, or `None`."""
    options = {"embedding_dim": 12, "hidden_dim": 16, "dropout": 0.1, **options}
    made = condition and condition()
    return tf_vmfvae.models.NVRNN(
        WORDS, LATENTS[latent](), condition=made, seed=5, **options
    )


def ids_of(model, sentences=SENTENCES, labels=None):
    """Returns what the model reads of the sentences."""
    return padded(model.to_ids(sentences, labels))


def with_policy(policy, make):
    """Returns what `make` makes under a global dtype policy."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(policy)
    try:
        return make()
    finally:
        keras.config.set_dtype_policy(before)
