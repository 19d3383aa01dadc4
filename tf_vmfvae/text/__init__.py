"""What a text is and what its words are, the same for corpora, models and graphs."""

from tf_vmfvae.text.texts import as_text, as_texts
from tf_vmfvae.text.words import normalize, split_words

__all__ = ["as_text", "as_texts", "normalize", "split_words"]
