"""Groups of like documents, held out whole."""

import numpy as np
import scipy.sparse
from scipy.sparse.csgraph import connected_components
from sklearn.feature_extraction.text import TfidfTransformer

from tf_vmfvae.data.documents.documents import Documents

# Documents as like as this, by the cosine of their TF-IDF vectors, stay together.
LIKE = 0.5
# All pairs are compared: that is for corpora of up to so many documents.
MOST_DOCUMENTS = 20_000
# Documents compared with all others in one go.
BLOCK = 500
# No group is more than this share of what is held out, in documents or in words.
LARGEST_SHARE = 0.05


def hold_out_groups(
    documents: Documents, vocabulary_size: int, every: int, seed: int
) -> tuple[Documents, Documents, str]:
    """Holds out about one document in `every`, and with it all that are like it.

    Newsgroups quote, repost and go round in threads, so a document held out at random
    has near-copies among those that are left: what is tuned on it learns by heart. A
    test part of a later time has fewer. On 20 Newsgroups the median over documents of
    the cosine to the nearest training document is 0.51 for documents held out at
    random, and 0.38 both for the test part and for groups.

    Args:
        documents: the documents, none of them empty.
        vocabulary_size: number of words.
        every: one document in so many is held out.
        seed: seed of the choice.

    Returns:
        What is left, what was held out, and how it was chosen, in words. Of a corpus
        of more than `MOST_DOCUMENTS`, single documents at random, as by
        `Documents.split`; so too if no group is small enough.

    >>> rows = [[(1, 2), (2, 1)], [(1, 2), (2, 1)], [(3, 1)], [(4, 1)]]
    >>> left, held_out, how = hold_out_groups(Documents.from_rows(rows), 4, 4, seed=0)
    >>> len(left), len(held_out), how
    (3, 1, 'groups of like documents')
    """
    if len(documents) > MOST_DOCUMENTS:
        return *documents.split(every, seed), "single ones, at random"
    group_of = _groups(documents.matrix(vocabulary_size).astype(np.float32))
    sizes = np.bincount(group_of)
    words = np.bincount(group_of, weights=documents.num_words)
    wanted = max(len(documents) // every, 1)
    # What is not there to choose from stays in training: large groups, and the few
    # longest documents, one of which would outweigh hundreds.
    small = (sizes <= max(LARGEST_SHARE * wanted, 1)) & (
        words <= max(LARGEST_SHARE * words.sum() / every, words.min())
    )
    order = np.random.default_rng(seed).permutation(np.flatnonzero(small))
    chosen = order[: np.searchsorted(np.cumsum(sizes[order]), wanted) + 1]
    held_out = np.isin(group_of, chosen)
    if not 0 < held_out.sum() < len(documents):
        return *documents.split(every, seed), "single ones, at random"
    return documents[~held_out], documents[held_out], "groups of like documents"


def _groups(counts) -> np.ndarray:
    """The group of each document: the connected components of being alike."""
    rows = TfidfTransformer().fit_transform(counts)
    firsts, seconds = [], []
    for start in range(0, rows.shape[0], BLOCK):
        # A pair is seen once, by the block of its first document.
        cosines = rows[start : start + BLOCK] @ rows[start:].T
        first, second = (cosines >= LIKE).nonzero()
        firsts.append(first + start)
        seconds.append(second + start)
    edges = np.concatenate(firsts), np.concatenate(seconds)
    alike = scipy.sparse.coo_matrix(
        (np.ones(len(edges[0]), bool), edges), shape=(rows.shape[0],) * 2
    )
    return connected_components(alike, directed=False)[1]
