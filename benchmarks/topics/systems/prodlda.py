"""ProdLDA (Srivastava and Sutton 2017) as TopMost implements it."""

import topmost

from benchmarks.topics.systems.fitted import Fitted
from benchmarks.topics.systems.topmost_training import train


def fit(counts, vocabulary, topics: int, seed: int) -> Fitted:
    """Fits ProdLDA with TopMost's defaults."""
    return train(
        lambda: topmost.ProdLDA(len(vocabulary), num_topics=topics),
        lambda model, shares: model.decode(shares),
        counts,
        seed,
    )
