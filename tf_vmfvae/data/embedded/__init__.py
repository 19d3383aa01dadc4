"""The embedded corpus: English sentences from a grammar, on any machine the same.

A sentence has a topic, a scene within it, a sentiment, a strength of feeling, a tense
and a shape; each of them shows in several words. The grammar gives each of its
sentences one reading, so the exact probability of every sentence is known, and with it
the entropy that a model's bound is to be held against.
"""

from tf_vmfvae.data.embedded.reading import (
    entropy,
    log_probability,
    sentiment,
    tense,
    topic,
)
from tf_vmfvae.data.embedded.splits import SPLITS, sentences

__all__ = [
    "SPLITS",
    "entropy",
    "log_probability",
    "sentences",
    "sentiment",
    "tense",
    "topic",
]
