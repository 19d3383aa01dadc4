"""ETM (Dieng et al. 2020) as TopMost implements it."""

import topmost

from benchmarks.topics.systems.fitted import Fitted
from benchmarks.topics.systems.topmost_training import train
from benchmarks.topics.systems.word_vectors import skip_gram


def fit(counts, vocabulary, topics: int, seed: int) -> Fitted:
    """Fits ETM with TopMost's defaults, except that it goes on training word vectors.

    Topics are better this way than with the vectors as they are.
    """
    vectors = skip_gram(counts, 200, seed)
    return train(
        lambda: topmost.ETM(
            len(vocabulary), num_topics=topics, pretrained_WE=vectors, train_WE=True
        ),
        lambda model, shares: shares @ model.get_beta(),
        counts,
        seed,
    )
