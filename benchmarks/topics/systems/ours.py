"""This library's `TopicModel`."""

import importlib.metadata

import numpy as np

import tf_vmfvae
from benchmarks.topics.systems.fitted import Fitted
from benchmarks.topics.systems.word_lists import words_of_documents


def fit(counts, vocabulary, topics: int, seed: int) -> Fitted:
    """Fits `TopicModel` with its defaults."""
    model = tf_vmfvae.TopicModel(topics, vocabulary=vocabulary, random_state=seed)
    model.fit(_texts(counts, vocabulary))
    index_of = {word: i for i, word in enumerate(vocabulary)}
    return Fitted(
        np.array([[index_of[word] for word in topic] for topic in model.top_words_]),
        lambda new: model.transform(_texts(new, vocabulary)),
        lambda shares: shares @ model.topic_word_,
        {"tf-vmfvae": importlib.metadata.version("tf-vmfvae")},
    )


def _texts(counts, vocabulary):
    return [" ".join(words) for words in words_of_documents(counts, vocabulary)]
