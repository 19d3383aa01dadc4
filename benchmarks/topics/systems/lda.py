"""Latent Dirichlet allocation (Blei et al. 2003) by tomotopy's Gibbs sampler."""

import importlib.metadata

import numpy as np
import tomotopy

from benchmarks.topics.systems.fitted import Fitted, largest

# Passes over the training documents, and over new ones.
ITERATIONS, NEW_ITERATIONS = 1_000, 100


def fit(counts, vocabulary, topics: int, seed: int) -> Fitted:
    """Fits LDA with tomotopy's default priors, which it adapts to the documents."""
    model = tomotopy.LDAModel(k=topics, seed=seed)
    for words in _words(counts):
        model.add_doc(words)
    model.train(ITERATIONS, workers=1)
    topic_word = np.zeros((topics, len(vocabulary)))
    known = [int(word) for word in model.used_vocabs]
    for topic in range(topics):
        topic_word[topic, known] = model.get_topic_word_dist(topic)

    def transform(new):
        documents = [model.make_doc(words) for words in _words(new)]
        shares, _ = model.infer(documents, iterations=NEW_ITERATIONS, workers=1)
        return np.array(shares)

    return Fitted(
        largest(topic_word),
        transform,
        lambda shares: shares @ topic_word,
        {"tomotopy": importlib.metadata.version("tomotopy")},
    )


def _words(counts):
    """Yields the words of each document, named by their index."""
    names = np.arange(counts.shape[1]).astype(str)
    for i in range(counts.shape[0]):
        row = slice(counts.indptr[i], counts.indptr[i + 1])
        yield np.repeat(names[counts.indices[row]], counts.data[row]).tolist()
