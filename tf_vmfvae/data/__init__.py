"""Corpora of sentences, and batches of them."""

from tf_vmfvae.data import embedded
from tf_vmfvae.data.batches import Batches
from tf_vmfvae.data.corpus import Corpus
from tf_vmfvae.data.loading import load
from tf_vmfvae.data.vocabulary import build_vocabulary

__all__ = ["Batches", "Corpus", "build_vocabulary", "embedded", "load"]
