"""The mixture of topics on the sphere of the codes."""

import numpy as np
import scipy.special
import tensorflow as tf

from tf_vmfvae.distributions import VonMisesFisher, VonMisesFisherMixture

# The mixture is fitted to at most this many codes.
CODES = 50_000
ITERATIONS = 200
# Seed words count as this share of a topic's documents.
ANCHOR = 0.1
# Codes of each topic whose words are averaged.
DRAWS = 200
# Word probabilities in memory at once, as near as whole draws allow.
WORDS_AT_ONCE = 4_000_000


def fit(codes, topics: int, directions=None, seed: int = 0, anchors=None, start=None):
    """Returns a mixture of von Mises-Fisher distributions, one for each topic.

    All topics have the same concentration. With concentrations of their own, a few
    wide topics would take in most documents.

    Args:
        codes: vectors `[documents, d]`, of which only the direction counts; at least
            one for each topic.
        topics: number of topics.
        directions: unit vectors `[topics, d]`, where the topics may lie, or `None`. The
            fit begins there or, if that leads to a higher likelihood, at a k-means++
            start.
        seed: seed of that start.
        anchors: unit vectors `[anchors, d]` that the first topics are drawn to, or
            `None`.
        start: an earlier mixture to begin with instead, whose order of topics is kept;
            or `None`.

    Returns:
        The `VonMisesFisherMixture`, with the most frequent topic first, after those
        with an anchor.
    """
    codes = np.asarray(codes, np.float64)
    codes /= np.linalg.norm(codes, axis=1, keepdims=True)
    if start is not None:
        beginnings = [{"initial_directions": start.mean_directions.numpy()}]
    else:
        beginnings = [{"seed": seed}]
        if directions is not None:
            beginnings.insert(0, {"initial_directions": directions})
    found = max(
        (_fit(codes, topics, **beginning) for beginning in beginnings),
        key=lambda mixture: float(mixture.log_prob(codes).numpy().mean()),
    )
    fixed = 0 if anchors is None else len(anchors)
    if fixed:
        nearest = found.mean_directions.numpy()
        if start is None:
            nearest = _replaced(nearest, anchors)
        weight = max(ANCHOR * len(codes) / topics, 1.0)
        found = _fit(
            np.concatenate([codes, anchors]),
            topics,
            weights=np.concatenate([np.ones(len(codes)), np.full(fixed, weight)]),
            initial_directions=nearest,
        )
    if start is not None:
        return found
    rest = fixed + np.argsort(-found.logits.numpy()[fixed:], kind="stable")
    return _ordered(found, np.concatenate([np.arange(fixed), rest]))


def prior_directions(model, topics: int) -> np.ndarray | None:
    """Returns the directions of the prior's components if it has one for each topic."""
    found = getattr(model.latent.prior(), "mean_directions", None)
    return found.numpy() if found is not None and len(found) == topics else None


def sample_rows(count: int, seed: int) -> np.ndarray:
    """Returns the rows of the documents, `CODES` at most, that a mixture is fitted to.

    >>> sample_rows(3, seed=1).tolist()
    [0, 1, 2]
    """
    if count <= CODES:
        return np.arange(count)
    return np.sort(np.random.default_rng(seed).choice(count, CODES, replace=False))


def regression(mixture) -> tuple[np.ndarray, np.ndarray]:
    """Returns a mixture's shares as a softmax regression of the code.

    Its components have one concentration.

    Returns:
        Coefficients `[topics, d]` and intercepts `[topics]`, both float64.
    """
    # A scalar, or the same number for each topic.
    concentrations = np.reshape(mixture.concentration.numpy(), [-1, 1])
    return (
        np.asarray(concentrations * mixture.mean_directions.numpy(), np.float64),
        scipy.special.log_softmax(np.asarray(mixture.logits, np.float64)),
    )


def shares(mixture, codes) -> np.ndarray:
    """Returns the distribution over topics for each code, `[documents, topics]`."""
    return mixture.component_probabilities(np.asarray(codes, np.float64)).numpy()


def words(model, mixture, length: float = 1.0) -> np.ndarray:
    """Returns the word probabilities of each topic, p(w|t).

    They are the mean of the decoder's distributions over codes that are drawn from the
    topic's component, always the same ones. At the component's direction itself, the
    decoder is surer of a few words than the topic's documents are.

    Args:
        model: a `tf_vmfvae.models.NVDM`.
        mixture: the `VonMisesFisherMixture` of the topics.
        length: length of the model's codes.

    Returns:
        A float64 array `[topics, words]`, whose rows sum to 1.
    """
    directions = tf.cast(mixture.mean_directions, tf.float32)
    topics, size = directions.shape
    components = VonMisesFisher(directions, tf.cast(mixture.concentration, tf.float32))
    draws = max(1, min(DRAWS, WORDS_AT_ONCE // (topics * len(model.vocabulary))))
    total = 0.0
    for start in range(0, DRAWS, draws):
        codes = length * components.sample(draws, seed=[DRAWS, start])
        found = tf.nn.softmax(model.decoder(tf.reshape(codes, [-1, size])))
        by_topic = tf.reshape(tf.cast(found, tf.float64), [draws, topics, -1])
        total += tf.reduce_sum(by_topic, axis=0).numpy()
    return total / total.sum(axis=1, keepdims=True)


def _fit(codes, topics, **options):
    return VonMisesFisherMixture.fit(
        codes, topics, shared_concentration=True, iterations=ITERATIONS, **options
    )


def _ordered(mixture, order):
    return VonMisesFisherMixture(
        *(
            tf.gather(values, order)
            for values in (
                mixture.mean_directions,
                mixture.concentration,
                tf.nn.log_softmax(mixture.logits),
            )
        )
    )


def _replaced(directions, anchors):
    """Returns the anchors, then the directions that are not the nearest to one."""
    left = list(range(len(directions)))
    for anchor in anchors:
        left.remove(max(left, key=lambda index: directions[index] @ anchor))
    return np.concatenate([anchors, directions[left]])
