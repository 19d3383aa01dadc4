"""Perplexity of one half of a document's words, given the other half."""

from collections.abc import Callable

import numpy as np


def held_out_perplexity(
    predict: Callable[..., np.ndarray], documents, seed: int = 0, batch_size: int = 500
) -> float:
    """Returns how well a topic model predicts words that it has not read.

    Each document's words are divided into two halves at random. The model reads the
    first one, and its probabilities of the words are judged on the second one. Unlike a
    bound on the likelihood, this can be compared between models of any kind.

    Args:
        predict: a function from `tf_vmfvae.data.Documents` to the probabilities of the
            words in each, `[documents, words]`; for a mixture of topics,
            `theta @ topic_word`.
        documents: documents that the model was not fitted to.
        seed: seed of the division.
        batch_size: documents to predict at a time.

    Returns:
        exp(NLL / number of words) of the second halves; infinity if a word that occurs
        has probability 0.

    Raises:
        ValueError: no document has two words, or what `predict` returns are not
            probabilities.

    Example:
    >>> import tf_vmfvae
    >>> documents = tf_vmfvae.data.Documents.from_rows([[(1, 3), (2, 1)], [(4, 2)]])
    >>> uniform = lambda first: np.full((len(first), 4), 0.25)
    >>> round(held_out_perplexity(uniform, documents), 6)
    4.0
    """
    # The first half of an odd number of words has one more.
    words = (documents.num_words // 2).sum()
    if not words:
        raise ValueError("no document has two words, so none can be held out")
    nll, rng = 0.0, np.random.default_rng(seed)
    for start in range(0, len(documents), batch_size):
        # Documents on disk are not all in memory at once.
        observed, there = documents[start : start + batch_size].halve(rng)
        probabilities = np.asarray(predict(observed), np.float64)
        _check(probabilities, len(observed))
        document_of = np.repeat(np.arange(len(there)), there.lengths)
        found = probabilities[document_of, there.pairs[:, 0] - 1]
        with np.errstate(divide="ignore"):
            nll -= there.pairs[:, 1] @ np.log(found)
    return float(np.exp(nll / words))


def _check(probabilities, count):
    if probabilities.ndim != 2 or len(probabilities) != count:
        raise ValueError(
            f"predict returned an array of shape {probabilities.shape} for {count} "
            "documents: return one row per document"
        )
    if not (probabilities >= 0).all() or not np.allclose(
        probabilities.sum(axis=1), 1, atol=1e-3
    ):
        raise ValueError(
            "predict did not return probabilities: each row has to sum to 1, with no "
            "number below 0"
        )
