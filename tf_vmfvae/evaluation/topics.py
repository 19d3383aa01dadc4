"""What the regions of a document model's code are about."""

import dataclasses
import warnings

import numpy as np
import tensorflow as tf

# Weight of a word's probability in a topic against its lift over the corpus.
RELEVANCE = 0.6


@dataclasses.dataclass(frozen=True)
class Topics:
    """Groups of documents whose codes lie close together.

    Attributes:
        probabilities: float64 `[topics, words]`, what the decoder makes of a group's
            codes, on average.
        top_words: for each topic its most relevant words, the first one foremost.
        sizes: int64 `[topics]`, how many documents a topic has; the largest first.
        topic_of: int64 `[documents]`, the topic of each document.
    """

    probabilities: np.ndarray
    top_words: list[list[str]]
    sizes: np.ndarray
    topic_of: np.ndarray

    def diversity(self) -> float:
        """Share of the top words that are different (Dieng et al. 2020).

        >>> empty = np.zeros(0)
        >>> Topics(empty, [["a", "b"], ["a", "c"]], empty, empty).diversity()
        0.75
        """
        words = [word for topic in self.top_words for word in topic]
        return len(set(words)) / len(words)


def find_topics(
    model, documents, topics: int = 20, words: int = 10, seed: int = 0
) -> Topics:
    """Finds topic directions: where the codes of documents gather.

    The axes of a code mean nothing by themselves, so its directions are taken from
    the documents: k-means groups their codes, and a topic's distribution over words is
    the mean of what the decoder makes of its documents. A topic's words are ranked by
    relevance (Sievert and Shirley 2014): 0.6 log p(w|t) + 0.4 log p(w|t) / p(w).

    Args:
        model: a `tf_vmfvae.models.NVDM`.
        documents: `tf_vmfvae.data.Documents`, at least one a topic.
        topics: int. How many topics; there are fewer where the codes are fewer than
            that.
        words: int. How many top words a topic.
        seed: int. Seed of k-means.

    Returns:
        The `Topics`, the one of most documents first.

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
    # It takes a while to import.
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    if len(documents) < topics:
        raise ValueError(
            f"{len(documents)} documents are fewer than {topics} topics: ask for fewer"
        )
    codes = model.encode(documents)
    with warnings.catch_warnings():
        # Of groups that stay empty, as there are fewer codes.
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
    total = np.zeros(len(model.vocabulary))
    for start in range(0, len(codes), batch_size):
        logits = model.decoder(codes[start : start + batch_size])
        words = tf.nn.softmax(tf.cast(logits, tf.float64))
        total += tf.reduce_sum(words, axis=0).numpy()
    return total / max(len(codes), 1)
