"""The models: a VAE of sentences, a VAE of documents, and their base classes."""

from tf_vmfvae.models.document_preprocessor import DocumentPreprocessor
from tf_vmfvae.models.language_model import LanguageModel
from tf_vmfvae.models.nvdm import NVDM
from tf_vmfvae.models.nvrnn import NVRNN
from tf_vmfvae.models.perplexity import Perplexity
from tf_vmfvae.models.preprocessor import Preprocessor
from tf_vmfvae.models.sentence_preprocessor import SentencePreprocessor
from tf_vmfvae.models.vae import VAE
from tf_vmfvae.models.warm_start import warm_start

__all__ = [
    "NVDM",
    "NVRNN",
    "VAE",
    "DocumentPreprocessor",
    "LanguageModel",
    "Perplexity",
    "Preprocessor",
    "SentencePreprocessor",
    "warm_start",
]
