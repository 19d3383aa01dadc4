"""The top words of topics: which they are, and how many of them differ."""

from collections.abc import Sequence

import numpy as np

# Weight of a word's log probability in a topic, relative to its lift over the corpus.
# Readers of Sievert and Shirley (2014) recognised topics best at 0.6. At 0.35 topics of
# short documents share fewer words, and are as coherent on average.
RELEVANCE = 0.35


def rank_words(
    topic_word: np.ndarray, weights: np.ndarray, relevance: float = RELEVANCE
) -> np.ndarray:
    """Ranks the words of each topic by relevance (Sievert and Shirley 2014).

    It is `relevance * log p(w|t) + (1 - relevance) * log(p(w|t) / p(w))`.

    Args:
        topic_word: word probabilities of each topic, `[topics, words]`.
        weights: share of each topic, `[topics]`.
        relevance: float in [0, 1].

    Returns:
        The indices of the words, int `[topics, words]`, the most relevant first.

    >>> rank_words(np.array([[0.6, 0.4], [0.6, 0.4]]), np.array([0.5, 0.5])).tolist()
    [[0, 1], [0, 1]]
    """
    # A word that the decoder rules out has probability 0.
    least = np.finfo(topic_word.dtype).tiny
    logs = np.log(np.maximum(topic_word, least))
    lift = logs - np.log(np.maximum(weights @ topic_word, least))
    ranks = relevance * logs + (1 - relevance) * lift
    return np.argsort(-ranks, axis=1, kind="stable")


def diversity(top_words: Sequence[Sequence[str]]) -> float:
    """Returns the share of distinct words among the top words (Dieng et al. 2020).

    >>> diversity([["a", "b"], ["a", "c"]])
    0.75
    """
    words = [word for topic in top_words for word in topic]
    return len(set(words)) / len(words)
