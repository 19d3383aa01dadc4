"""Topics of a document model: clusters of codes."""

import dataclasses
import warnings

import numpy as np
import tensorflow as tf

# Weight of a word's log probability in a topic, relative to its lift over the corpus.
RELEVANCE = 0.6


@dataclasses.dataclass(frozen=True)
class Topics:
    """Clusters of documents with similar codes.

    Attributes:
        probabilities: float64 `[topics, words]`, the decoder's word probabilities,
            averaged over the documents of each topic.
        top_words: the most relevant words of each topic, best first.
        sizes: int64 `[topics]`, number of documents in each topic, largest first.
        topic_of: int64 `[documents]`, the topic of each document.
    """

    probabilities: np.ndarray
    top_words: list[list[str]]
    sizes: np.ndarray
    topic_of: np.ndarray

    def diversity(self) -> float:
        """Returns the share of distinct words among the top words (Dieng et al. 2020).

        >>> empty = np.zeros(0)
        >>> Topics(empty, [["a", "b"], ["a", "c"]], empty, empty).diversity()
        0.75
        """
        words = [word for topic in self.top_words for word in topic]
        return len(set(words)) / len(words)


def find_topics(
    model, documents, topics: int = 20, words: int = 10, seed: int = 0
) -> Topics:
    """Finds topics by clustering the codes of documents.

    The axes of a code have no meaning of their own, so topics are found in the
    documents: k-means clusters their codes, and the word distribution of a topic is
    the mean of the decoder's distributions for its documents. The words of a topic are
    ranked by relevance (Sievert and Shirley 2014):
    0.6 log p(w|t) + 0.4 log p(w|t) / p(w).

    Args:
        model: a `tf_vmfvae.models.NVDM`.
        documents: `tf_vmfvae.data.Documents`, at least one per topic.
        topics: int. Number of topics; fewer are found if there are fewer distinct
            codes.
        words: int. Number of top words per topic.
        seed: int. Seed of k-means.

    Returns:
        The `Topics`, those with the most documents first.

    Raises:
        ValueError: if there are fewer documents than topics.

    Example:
    >>> import tf_vmfvae
    >>> latent = tf_vmfvae.layers.VonMisesFisherLatent(4, kappa=20.0, seed=1)
    >>> model = tf_vmfvae.models.NVDM(["ball", "goal", "rain"], latent, seed=1)
    >>> rows = [[(1, 2), (2, 1)], [(3, 3)], [(3, 1)]]
    >>> documents = tf_vmfvae.data.Documents.from_rows(rows)
    >>> found = tf_vmfvae.evaluation.find_topics(model, documents, topics=2, words=1)
    >>> found.sizes.tolist()
    [2, 1]
    """
    # Slow to import.
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    if len(documents) < topics:
        raise ValueError(
            f"{len(documents)} documents are fewer than {topics} topics: ask for fewer"
        )
    codes = model.encode(documents)
    with warnings.catch_warnings():
        # KMeans warns if there are fewer distinct codes than topics.
        warnings.simplefilter("ignore", ConvergenceWarning)
        groups = KMeans(topics, n_init=4, random_state=seed).fit_predict(codes)
    _, groups, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    order = np.argsort(-sizes, kind="stable")
    probabilities = np.stack([_mean_words(model, codes[groups == g]) for g in order])
    share = sizes[order] / len(documents)
    # A word that the decoder rules out has probability 0.
    least = np.finfo(probabilities.dtype).tiny
    logs = np.log(np.maximum(probabilities, least))
    lift = logs - np.log(np.maximum(share @ probabilities, least))
    relevance = RELEVANCE * logs + (1 - RELEVANCE) * lift
    best = np.argsort(-relevance, axis=1)[:, :words]
    return Topics(
        probabilities=probabilities,
        top_words=[[model.vocabulary[i] for i in row] for row in best],
        sizes=sizes[order],
        topic_of=np.argsort(order)[groups],
    )


def _mean_words(model, codes, batch_size=500):
    """Returns the decoder's word probabilities, averaged over the codes."""
    total = np.zeros(len(model.vocabulary))
    for start in range(0, len(codes), batch_size):
        logits = model.decoder(codes[start : start + batch_size])
        words = tf.nn.softmax(tf.cast(logits, tf.float64))
        total += tf.reduce_sum(words, axis=0).numpy()
    return total / max(len(codes), 1)
