"""A topic model as a SavedModel that TensorFlow alone can serve."""

from tf_vmfvae.evaluation import topic_mixture
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
    coefficients, intercepts = topic_mixture.regression(model.mixture_)
    topics = ServedTopics(
        coefficients=coefficients,
        intercepts=intercepts,
        weights=model.topic_weights_,
        top_words=model.top_words_,
    )
    return ServedDocumentModel(model.model_, topics)
