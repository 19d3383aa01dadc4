"""Functional-API models."""

from tf_vmfvae.models.language_model import LanguageModel
from tf_vmfvae.models.nvdm import NVDM
from tf_vmfvae.models.nvrnn import NVRNN
from tf_vmfvae.models.perplexity import Perplexity
from tf_vmfvae.models.pretraining import warm_start
from tf_vmfvae.models.vae import VAE

__all__ = ["NVDM", "NVRNN", "VAE", "LanguageModel", "Perplexity", "warm_start"]
