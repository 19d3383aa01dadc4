"""Keras layers: one file a layer."""

from tf_vmfvae.layers.gaussian_latent import GaussianLatent
from tf_vmfvae.layers.latent import Latent
from tf_vmfvae.layers.no_latent import NoLatent
from tf_vmfvae.layers.von_mises_fisher_latent import VonMisesFisherLatent
from tf_vmfvae.layers.word_dropout import WordDropout
from tf_vmfvae.layers.word_softmax import WordSoftmax
from tf_vmfvae.layers.word_tokenizer import WordTokenizer

__all__ = [
    "GaussianLatent",
    "Latent",
    "NoLatent",
    "VonMisesFisherLatent",
    "WordDropout",
    "WordSoftmax",
    "WordTokenizer",
]
