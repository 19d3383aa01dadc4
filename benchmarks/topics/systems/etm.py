"""ETM (Dieng et al. 2020) as TopMost implements it."""

import topmost

from benchmarks.topics.systems.fitted import Fitted
from benchmarks.topics.systems.topmost_training import train


def fit(counts, vocabulary, topics: int, seed: int) -> Fitted:
    """Fits ETM with TopMost's defaults, except that it learns its word vectors.

    TopMost's tutorials pass pretrained GloVe vectors. Without any, TopMost's default
    keeps random vectors as they are, so the topics would mean nothing.
    """
    return train(
        lambda: topmost.ETM(len(vocabulary), num_topics=topics, train_WE=True),
        lambda model, shares: shares @ model.get_beta(),
        counts,
        seed,
    )
