"""Functional-API models."""

from tf_vmfvae.models.nvrnn import NVRNN
from tf_vmfvae.models.perplexity import Perplexity
from tf_vmfvae.models.vae import VAE

__all__ = ["NVRNN", "VAE", "Perplexity"]
