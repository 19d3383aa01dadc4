"""Topics of a document model: clusters of codes."""

import dataclasses
import warnings

import numpy as np
import tensorflow as tf

from tf_vmfvae.evaluation.top_words import diversity, rank_words

# Codes have the precision of float32, so no smaller spread can be told from none.
LEAST_SPREAD = float(np.finfo(np.float32).eps) ** 2
# Codes whose shares are computed at once, so that memory does not grow with them.
BLOCK = 10_000


@dataclasses.dataclass(frozen=True)
class Topics:
    """Clusters of documents with similar codes.

    Attributes:
        probabilities: float64 `[topics, words]`, the decoder's word probabilities,
            averaged over the documents of each topic.
        top_words: the most relevant words of each topic, best first.
        sizes: int64 `[topics]`, number of documents in each topic, largest first.
        topic_of: int64 `[documents]`, the topic of each document.
        weights: float64 `[topics]`, the mean of the documents' `shares`; they sum to 1.
        centers: float64 `[topics, d]`, the mean code of each topic.
        spread: float. Variance of the codes in a topic, averaged over topics and
            dimensions.
    """

    probabilities: np.ndarray
    top_words: list[list[str]]
    sizes: np.ndarray
    topic_of: np.ndarray
    weights: np.ndarray
    centers: np.ndarray
    spread: float

    def shares(self, codes: np.ndarray) -> np.ndarray:
        """Returns the distribution over topics of documents, which may be new ones.

        These are the probabilities of the components in the mixture that k-means is the
        hard form of: Gaussians around the centers, all with the same weight and the
        same variance `spread`. For codes on a sphere that is a mixture of von
        Mises-Fisher distributions. The largest share is that of the nearest center.

        Args:
            codes: codes of the documents, `[documents, d]`, as `NVDM.encode` and
                `NVDM.transform` return them.

        Returns:
            A float64 array `[documents, topics]`, whose rows sum to 1.

        >>> empty, centers = np.zeros(0), np.array([[1.0, 0.0], [0.0, 1.0]])
        >>> words = [["a"], ["b"]]
        >>> found = Topics(empty, words, empty, empty, empty, centers, spread=0.5)
        >>> found.shares([[1.0, 0.0], [0.6, 0.8], [2**-0.5, 2**-0.5]]).round(2).tolist()
        [[0.88, 0.12], [0.4, 0.6], [0.5, 0.5]]
        """
        return _shares(codes, self.centers, self.spread)

    def diversity(self) -> float:
        """Returns the share of distinct words among the top words (Dieng et al. 2020).

        >>> empty = np.zeros(0)
        >>> words = [["a", "b"], ["a", "c"]]
        >>> Topics(empty, words, *[empty] * 4, spread=1.0).diversity()
        0.75
        """
        return diversity(self.top_words)


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
        found = KMeans(topics, n_init=4, random_state=seed).fit(codes)
    kept, groups, sizes = np.unique(
        found.labels_, return_inverse=True, return_counts=True
    )
    order = np.argsort(-sizes, kind="stable")
    probabilities = np.stack([_mean_words(model, codes[groups == g]) for g in order])
    share = sizes[order] / len(documents)
    best = rank_words(probabilities, share)[:, :words]
    centers = np.asarray(found.cluster_centers_[kept][order], np.float64)
    spread = max(float(found.inertia_) / codes.size, LEAST_SPREAD)
    return Topics(
        probabilities=probabilities,
        top_words=[[model.vocabulary[i] for i in row] for row in best],
        sizes=sizes[order],
        topic_of=np.argsort(order)[groups],
        weights=_mean_shares(codes, centers, spread),
        centers=centers,
        spread=spread,
    )


def _shares(codes, centers, spread):
    codes = np.asarray(codes, np.float64)
    distances = np.stack(
        [np.square(codes - center).sum(axis=1) for center in centers], axis=1
    )
    distances -= distances.min(axis=1, keepdims=True)
    shares = np.exp(-distances / (2 * spread))
    return shares / shares.sum(axis=1, keepdims=True)


def _mean_shares(codes, centers, spread):
    blocks = (codes[start : start + BLOCK] for start in range(0, len(codes), BLOCK))
    total = sum(_shares(block, centers, spread).sum(axis=0) for block in blocks)
    return total / len(codes)


def _mean_words(model, codes, batch_size=500):
    """Returns the decoder's word probabilities, averaged over the codes."""
    total = np.zeros(len(model.vocabulary))
    for start in range(0, len(codes), batch_size):
        logits = model.decoder(codes[start : start + batch_size])
        words = tf.nn.softmax(tf.cast(logits, tf.float64))
        total += tf.reduce_sum(words, axis=0).numpy()
    return total / max(len(codes), 1)
