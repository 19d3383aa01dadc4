"""Keras losses."""

from tf_vmfvae.losses.von_mises_fisher_nll import VonMisesFisherNLL

__all__ = ["VonMisesFisherNLL"]
