"""A topic model as a SavedModel that TensorFlow alone can serve."""

import numpy as np

from tf_vmfvae.models.served_document_model import ServedDocumentModel
from tf_vmfvae.models.served_topics import ServedTopics


def served_topic_model(model) -> ServedDocumentModel:
    """Returns what serves a topic model's document model and its topics.

    Args:
        model: a `tf_vmfvae.TopicModel` that was fitted.

    Raises:
        ValueError: if the model reads no texts, or only with Python's help.
    """
    if model.vectorizer is not None:
        raise ValueError(
            "vectorizer: TensorFlow cannot run a vectorizer of your own; fit without "
            "it, or pass counts and give the vocabulary"
        )
    if not model.reads_text_:
        raise ValueError(
            "the model was fitted to counts of unnamed words, so it cannot read texts: "
            "fit with a vocabulary"
        )
    mixture = model.mixture_
    # One concentration, or the same one for each topic.
    concentrations = np.reshape(mixture.concentration.numpy(), [-1, 1])
    topics = ServedTopics(
        coefficients=concentrations * mixture.mean_directions.numpy(),
        intercepts=mixture.logits.numpy(),
        weights=model.topic_weights_,
        top_words=model.top_words_,
    )
    return ServedDocumentModel(model.model_, topics)
