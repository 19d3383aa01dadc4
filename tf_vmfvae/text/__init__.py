"""Texts and their words, defined once for data, models and graphs."""

from tf_vmfvae.text.document_words import document_words, listed_words
from tf_vmfvae.text.texts import (
    as_text,
    as_texts,
    as_vocabulary,
    iterate_texts,
    series_label,
)
from tf_vmfvae.text.words import normalize, split_words

__all__ = [
    "as_text",
    "as_texts",
    "as_vocabulary",
    "document_words",
    "iterate_texts",
    "listed_words",
    "normalize",
    "series_label",
    "split_words",
]
