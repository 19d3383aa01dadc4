"""Topics of a document model: clusters of codes."""

import dataclasses
import warnings

import numpy as np
import scipy.special
import tensorflow as tf

from tf_vmfvae.distributions import VonMisesFisherMixture
from tf_vmfvae.evaluation import topic_mixture
from tf_vmfvae.evaluation.top_words import diversity, rank_words

# Codes have the precision of float32, so no smaller spread can be told from none.
LEAST_SPREAD = float(np.finfo(np.float32).eps) ** 2
# Codes on a sphere differ in length by no more than this share.
SAME_LENGTH = 0.01
# Codes whose shares are computed at once, so that memory does not grow with them.
BLOCK = 10_000


@dataclasses.dataclass(frozen=True)
class Topics:
    """Clusters of documents with similar codes.

    A document's topics are a softmax regression of its code: the logits are
    `codes @ coefficients.T + intercepts`. For codes on a sphere these are the
    probabilities of the components of a mixture of von Mises-Fisher distributions with
    one concentration; for others, those of Gaussians with one variance and weight.

    Attributes:
        probabilities: float64 `[topics, words]`, the decoder's word probabilities.
        top_words: the most relevant words of each topic, best first.
        sizes: int64 `[topics]`, number of documents in each topic, largest first.
        topic_of: int64 `[documents]`, the topic of each document, which has its largest
            share.
        weights: float64 `[topics]`, the mean of the documents' `shares`; they sum to 1.
        coefficients: float64 `[topics, d]`.
        intercepts: float64 `[topics]`.
        mixture: the `tf_vmfvae.distributions.VonMisesFisherMixture` that the shares
            come from, or `None` if the codes are not unit vectors.
    """

    probabilities: np.ndarray
    top_words: list[list[str]]
    sizes: np.ndarray
    topic_of: np.ndarray
    weights: np.ndarray
    coefficients: np.ndarray
    intercepts: np.ndarray
    mixture: VonMisesFisherMixture | None = None

    def shares(self, codes: np.ndarray) -> np.ndarray:
        """Returns the distribution over topics of documents, which may be new ones.

        Args:
            codes: codes of the documents, `[documents, d]`, as `NVDM.encode` and
                `NVDM.transform` return them.

        Returns:
            A float64 array `[documents, topics]`, whose rows sum to 1.

        >>> empty, towards = np.zeros(0), np.array([[2.0, 0.0], [0.0, 2.0]])
        >>> words = [["a"], ["b"]]
        >>> found = Topics(empty, words, empty, empty, empty, towards, np.zeros(2))
        >>> found.shares([[1.0, 0.0], [0.6, 0.8], [2**-0.5, 2**-0.5]]).round(2).tolist()
        [[0.88, 0.12], [0.4, 0.6], [0.5, 0.5]]
        """
        blocks = _shares(np.asarray(codes), self.coefficients, self.intercepts)
        return np.concatenate([np.zeros((0, len(self.intercepts))), *blocks])

    def diversity(self) -> float:
        """Returns the share of distinct words among the top words (Dieng et al. 2020).

        >>> empty = np.zeros(0)
        >>> words = [["a", "b"], ["a", "c"]]
        >>> Topics(empty, words, *[empty] * 5).diversity()
        0.75
        """
        return diversity(self.top_words)


def find_topics(
    model, documents, topics: int = 20, words: int = 10, seed: int = 0
) -> Topics:
    """Finds topics by clustering the codes of documents.

    The axes of a code have no meaning of their own, so topics are found in the
    documents. Codes on a sphere are clustered by a mixture of von Mises-Fisher
    distributions, fitted by expectation maximisation; the words of a topic are the mean
    of the decoder's distributions for codes drawn from its component. If the model's
    prior is a mixture with as many components, the fit begins with them. Other codes
    are clustered by k-means; the words of a topic are the mean of the decoder's
    distributions for its documents. Words are ranked by relevance (Sievert and Shirley
    2014), as `tf_vmfvae.TopicModel.top_words` does by default.

    Args:
        model: a `tf_vmfvae.models.NVDM`.
        documents: `tf_vmfvae.data.Documents` or raw texts, at least one per topic.
        topics: int. Number of topics; fewer are found if there are fewer distinct
            codes.
        words: int. Number of top words per topic.
        seed: int. Seed of the clustering.

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
    if len(documents) < topics:
        raise ValueError(
            f"{len(documents)} documents are fewer than {topics} topics: ask for fewer"
        )
    codes = model.encode(documents)
    length = _common_length(codes)
    if length:
        coefficients, intercepts = _mixture(model, codes, topics, seed)
        coefficients /= length
    else:
        coefficients, intercepts = _k_means(codes, topics, seed)
    nearest = np.concatenate(
        [block.argmax(axis=1) for block in _shares(codes, coefficients, intercepts)]
    )
    kept, groups, sizes = np.unique(nearest, return_inverse=True, return_counts=True)
    order = np.argsort(-sizes, kind="stable")
    coefficients, intercepts = (
        each[kept][order] for each in (coefficients, intercepts)
    )
    mixture = None
    if length:
        # All have the same concentration.
        concentration = np.linalg.norm(coefficients[0])
        directions = coefficients / concentration
        found = VonMisesFisherMixture(directions, concentration, intercepts)
        probabilities = topic_mixture.words(model, found, length)
        if abs(length - 1) < SAME_LENGTH:
            mixture = found
    else:
        probabilities = np.stack(
            [_mean_words(model, codes[groups == g]) for g in order]
        )
    best = rank_words(probabilities, sizes[order] / len(documents))[:, :words]
    blocks = _shares(codes, coefficients, intercepts)
    return Topics(
        probabilities=probabilities,
        top_words=[[model.vocabulary[i] for i in row] for row in best],
        sizes=sizes[order],
        topic_of=np.argsort(order)[groups],
        weights=sum(block.sum(axis=0) for block in blocks) / len(codes),
        coefficients=coefficients,
        intercepts=intercepts,
        mixture=mixture,
    )


def _common_length(codes):
    """Returns the length that all codes have, or 0."""
    lengths = np.linalg.norm(codes, axis=1)
    is_common = lengths.max() <= lengths.min() * (1 + SAME_LENGTH)
    return float(lengths.mean()) if is_common else 0.0


def _mixture(model, codes, topics, seed):
    """Returns the coefficients and intercepts of a mixture of directions."""
    found = topic_mixture.fit(
        codes[topic_mixture.sample_rows(len(codes), seed)],
        topics,
        topic_mixture.prior_directions(model, topics),
        seed=seed,
    )
    return topic_mixture.regression(found)


def _k_means(codes, topics, seed):
    """Returns the coefficients and intercepts of clusters by their distances."""
    # Slow to import.
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with warnings.catch_warnings():
        # KMeans warns if there are fewer distinct codes than topics.
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = KMeans(topics, n_init=4, random_state=seed).fit(codes)
    centers = np.asarray(found.cluster_centers_[np.unique(found.labels_)], np.float64)
    spread = max(float(found.inertia_) / codes.size, LEAST_SPREAD)
    return centers / spread, -np.square(centers).sum(axis=1) / (2 * spread)


def _shares(codes, coefficients, intercepts):
    """Yields the distribution over topics of the codes, block by block."""
    for start in range(0, len(codes), BLOCK):
        block = np.asarray(codes[start : start + BLOCK], np.float64)
        yield scipy.special.softmax(block @ coefficients.T + intercepts, axis=1)


def _words(model, codes):
    """Returns the decoder's word probabilities at codes, float64."""
    logits = model.decoder(np.asarray(codes, np.float32))
    return tf.nn.softmax(tf.cast(logits, tf.float64)).numpy()


def _mean_words(model, codes, batch_size=500):
    """Returns the decoder's word probabilities, averaged over the codes."""
    total = np.zeros(len(model.vocabulary))
    for start in range(0, len(codes), batch_size):
        total += _words(model, codes[start : start + batch_size]).sum(axis=0)
    return total / max(len(codes), 1)
