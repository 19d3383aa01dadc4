"""Keras layers: one file a layer."""

from tf_vmfvae.layers.bag_dense import BagDense
from tf_vmfvae.layers.bag_nll import BagNLL
from tf_vmfvae.layers.bursty_bag_nll import BurstyBagNLL
from tf_vmfvae.layers.code_scale import CodeScale
from tf_vmfvae.layers.dense import Dense
from tf_vmfvae.layers.dropout import Dropout
from tf_vmfvae.layers.fixed_concentration_latent import FixedConcentrationLatent
from tf_vmfvae.layers.gaussian_latent import GaussianLatent
from tf_vmfvae.layers.importance_weighted_nll import ImportanceWeightedNLL
from tf_vmfvae.layers.latent import Latent
from tf_vmfvae.layers.learned_von_mises_fisher_latent import (
    LearnedVonMisesFisherLatent,
)
from tf_vmfvae.layers.lstm import LSTM
from tf_vmfvae.layers.mean_over_codes import MeanOverCodes
from tf_vmfvae.layers.mixture_prior import MixturePrior
from tf_vmfvae.layers.natural_sphere_product_latent import (
    NaturalSphereProductLatent,
)
from tf_vmfvae.layers.no_latent import NoLatent
from tf_vmfvae.layers.power_spherical_latent import PowerSphericalLatent
from tf_vmfvae.layers.repeat_examples import RepeatExamples
from tf_vmfvae.layers.sphere_product_latent import SphereProductLatent
from tf_vmfvae.layers.spherical_latent import SphericalLatent
from tf_vmfvae.layers.von_mises_fisher_latent import VonMisesFisherLatent
from tf_vmfvae.layers.von_mises_fisher_norm_latent import VonMisesFisherNormLatent
from tf_vmfvae.layers.word_counts import WordCounts
from tf_vmfvae.layers.word_dropout import WordDropout
from tf_vmfvae.layers.word_softmax import WordSoftmax
from tf_vmfvae.layers.word_tokenizer import WordTokenizer

__all__ = [
    "LSTM",
    "BagDense",
    "BagNLL",
    "BurstyBagNLL",
    "CodeScale",
    "Dense",
    "Dropout",
    "FixedConcentrationLatent",
    "GaussianLatent",
    "ImportanceWeightedNLL",
    "Latent",
    "LearnedVonMisesFisherLatent",
    "MeanOverCodes",
    "MixturePrior",
    "NaturalSphereProductLatent",
    "NoLatent",
    "PowerSphericalLatent",
    "RepeatExamples",
    "SphereProductLatent",
    "SphericalLatent",
    "VonMisesFisherLatent",
    "VonMisesFisherNormLatent",
    "WordCounts",
    "WordDropout",
    "WordSoftmax",
    "WordTokenizer",
]
