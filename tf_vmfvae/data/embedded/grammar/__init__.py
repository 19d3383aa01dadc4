"""Probabilistic context-free grammars with exact probabilities."""

from tf_vmfvae.data.embedded.grammar.grammar import (
    Alternatives,
    Derivation,
    Expansion,
    Grammar,
)

__all__ = ["Alternatives", "Derivation", "Expansion", "Grammar"]
