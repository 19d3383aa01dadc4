"""What a text is and what its words are, the same for corpora, models and graphs."""

from tf_vmfvae.text.document_words import document_words, listed_words
from tf_vmfvae.text.texts import as_text, as_texts, name_place
from tf_vmfvae.text.words import normalize, split_words

__all__ = [
    "as_text",
    "as_texts",
    "document_words",
    "listed_words",
    "name_place",
    "normalize",
    "split_words",
]
