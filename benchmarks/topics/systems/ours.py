"""This library's `TopicModel`."""

import importlib.metadata

import numpy as np

import tf_vmfvae
from benchmarks.topics.systems.fitted import TOP_WORDS, Fitted


def fit(counts, vocabulary, topics: int, seed: int) -> Fitted:
    """Fits `TopicModel` with its defaults."""
    model = tf_vmfvae.TopicModel(topics, vocabulary=vocabulary, random_state=seed)
    model.fit(counts)
    column_of = {word: i for i, word in enumerate(vocabulary)}
    topic_word = np.zeros((topics, len(vocabulary)))
    topic_word[:, [column_of[word] for word in model.vocabulary_]] = model.topic_word_
    return Fitted(
        np.array(
            [
                [column_of[word] for word in topic]
                for topic in model.top_words(TOP_WORDS)
            ]
        ),
        model.transform,
        lambda shares: shares @ topic_word,
        {name: importlib.metadata.version(name) for name in ("tensorflow", "keras")},
    )
