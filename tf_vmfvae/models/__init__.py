"""The models: a VAE of sentences, a VAE of documents, and their base classes."""

from tf_vmfvae.models.language_model import LanguageModel
from tf_vmfvae.models.nvdm import NVDM
from tf_vmfvae.models.nvrnn import NVRNN
from tf_vmfvae.models.perplexity import Perplexity
from tf_vmfvae.models.vae import VAE
from tf_vmfvae.models.warm_start import warm_start

__all__ = ["NVDM", "NVRNN", "VAE", "LanguageModel", "Perplexity", "warm_start"]
