"""Latent Dirichlet allocation (Blei et al. 2003) by tomotopy's Gibbs sampler."""

import importlib.metadata

import numpy as np
import tomotopy

from benchmarks.topics.systems.fitted import Fitted, largest
from benchmarks.topics.systems.word_lists import words_of_documents

# Passes over the training documents, and over new ones.
ITERATIONS, NEW_ITERATIONS = 1_000, 100


def fit(counts, vocabulary, topics: int, seed: int) -> Fitted:
    """Fits LDA with tomotopy's default priors, which it adapts to the documents."""
    model = tomotopy.LDAModel(k=topics, seed=seed)
    # The words are named by their index.
    names = [str(i) for i in range(len(vocabulary))]
    for words in words_of_documents(counts, names):
        model.add_doc(words)
    model.train(ITERATIONS, workers=1)
    topic_word = np.zeros((topics, len(vocabulary)))
    known = [int(word) for word in model.used_vocabs]
    for topic in range(topics):
        topic_word[topic, known] = model.get_topic_word_dist(topic)

    def transform(new):
        documents = [model.make_doc(words) for words in words_of_documents(new, names)]
        shares, _ = model.infer(documents, iterations=NEW_ITERATIONS, workers=1)
        return np.array(shares)

    return Fitted(
        largest(topic_word),
        transform,
        lambda shares: shares @ topic_word,
        {"tomotopy": importlib.metadata.version("tomotopy")},
    )
