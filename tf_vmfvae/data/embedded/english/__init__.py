"""English for the embedded corpus: inflection, phrases and shapes of sentences."""

from tf_vmfvae.data.embedded.english.sentence_grammar import (
    FACTORS,
    START,
    sentence_grammar,
)

__all__ = ["FACTORS", "START", "sentence_grammar"]
