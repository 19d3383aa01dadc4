"""The embedded corpus: English sentences from a grammar, the same on every machine.

A sentence has a topic and a scene within it, a sentiment and its strength, a tense and
a shape, and each of them affects several words. Every sentence has one derivation, so
its exact probability is known, and so is the entropy of the corpus, which no model's
NLL can beat.
"""

from tf_vmfvae.data.embedded.planted_topics import planted_documents
from tf_vmfvae.data.embedded.reading import (
    READABLE,
    entropy,
    log_probability,
    read_factors,
    sentiment,
    tense,
    topic,
)
from tf_vmfvae.data.embedded.splits import (
    DOCUMENT_SPLITS,
    SPLITS,
    documents,
    sentences,
)

__all__ = [
    "DOCUMENT_SPLITS",
    "READABLE",
    "SPLITS",
    "documents",
    "entropy",
    "log_probability",
    "planted_documents",
    "read_factors",
    "sentences",
    "sentiment",
    "tense",
    "topic",
]
