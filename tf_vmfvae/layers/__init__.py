"""Keras layers, one per file."""

from tf_vmfvae.layers.bag_dense import BagDense
from tf_vmfvae.layers.conditions.bag_of_words_condition import BagOfWordsCondition
from tf_vmfvae.layers.conditions.condition import Condition
from tf_vmfvae.layers.conditions.label_condition import LabelCondition
from tf_vmfvae.layers.dense import Dense
from tf_vmfvae.layers.dropout import Dropout
from tf_vmfvae.layers.latents.code_scale import CodeScale
from tf_vmfvae.layers.latents.fixed_concentration_latent import FixedConcentrationLatent
from tf_vmfvae.layers.latents.gaussian_latent import GaussianLatent
from tf_vmfvae.layers.latents.gaussian_mixture_prior import GaussianMixturePrior
from tf_vmfvae.layers.latents.latent import Latent
from tf_vmfvae.layers.latents.learned_von_mises_fisher_latent import (
    LearnedVonMisesFisherLatent,
)
from tf_vmfvae.layers.latents.minimum_rate import MinimumRate
from tf_vmfvae.layers.latents.mixture_prior import MixturePrior
from tf_vmfvae.layers.latents.natural_sphere_product_latent import (
    NaturalSphereProductLatent,
)
from tf_vmfvae.layers.latents.no_latent import NoLatent
from tf_vmfvae.layers.latents.posterior_normalization import PosteriorNormalization
from tf_vmfvae.layers.latents.power_spherical_latent import PowerSphericalLatent
from tf_vmfvae.layers.latents.projected_normal_latent import ProjectedNormalLatent
from tf_vmfvae.layers.latents.sphere_product_latent import SphereProductLatent
from tf_vmfvae.layers.latents.sphere_product_mixture_prior import (
    SphereProductMixturePrior,
)
from tf_vmfvae.layers.latents.spherical_cauchy_latent import SphericalCauchyLatent
from tf_vmfvae.layers.latents.spherical_latent import SphericalLatent
from tf_vmfvae.layers.latents.von_mises_fisher_latent import VonMisesFisherLatent
from tf_vmfvae.layers.latents.von_mises_fisher_norm_latent import (
    VonMisesFisherNormLatent,
)
from tf_vmfvae.layers.likelihoods.adaptive_word_softmax import AdaptiveWordSoftmax
from tf_vmfvae.layers.likelihoods.bag_nll import BagNLL
from tf_vmfvae.layers.likelihoods.bursty_bag_nll import BurstyBagNLL
from tf_vmfvae.layers.likelihoods.importance_weighted_nll import ImportanceWeightedNLL
from tf_vmfvae.layers.likelihoods.mean_over_codes import MeanOverCodes
from tf_vmfvae.layers.likelihoods.repeat_examples import RepeatExamples
from tf_vmfvae.layers.likelihoods.softmax_cutoffs import softmax_cutoffs
from tf_vmfvae.layers.likelihoods.word_softmax import WordSoftmax
from tf_vmfvae.layers.lstm import LSTM
from tf_vmfvae.layers.words.word_counts import WordCounts
from tf_vmfvae.layers.words.word_dropout import WordDropout
from tf_vmfvae.layers.words.word_noise import WordNoise
from tf_vmfvae.layers.words.word_tokenizer import WordTokenizer

__all__ = [
    "LSTM",
    "AdaptiveWordSoftmax",
    "BagDense",
    "BagNLL",
    "BagOfWordsCondition",
    "BurstyBagNLL",
    "CodeScale",
    "Condition",
    "Dense",
    "Dropout",
    "FixedConcentrationLatent",
    "GaussianLatent",
    "GaussianMixturePrior",
    "ImportanceWeightedNLL",
    "LabelCondition",
    "Latent",
    "LearnedVonMisesFisherLatent",
    "MeanOverCodes",
    "MinimumRate",
    "MixturePrior",
    "NaturalSphereProductLatent",
    "NoLatent",
    "PosteriorNormalization",
    "PowerSphericalLatent",
    "ProjectedNormalLatent",
    "RepeatExamples",
    "SphereProductLatent",
    "SphereProductMixturePrior",
    "SphericalCauchyLatent",
    "SphericalLatent",
    "VonMisesFisherLatent",
    "VonMisesFisherNormLatent",
    "WordCounts",
    "WordDropout",
    "WordNoise",
    "WordSoftmax",
    "WordTokenizer",
    "softmax_cutoffs",
]
