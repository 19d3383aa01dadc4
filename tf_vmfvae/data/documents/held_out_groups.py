"""Groups of similar documents, held out together."""

import numpy as np
import scipy.sparse
from scipy.sparse.csgraph import connected_components

from tf_vmfvae.data.documents.documents import Documents

# Documents at least this similar, by the cosine of their TF-IDF vectors, stay together.
SIMILAR = 0.5
# All pairs are compared, which takes too long for a larger corpus.
MOST_DOCUMENTS = 20_000
# Documents that are compared with all others at once.
BLOCK = 500
# No group is more than this share of what is held out, in documents or in words.
LARGEST_SHARE = 0.05


def hold_out_groups(
    documents: Documents, vocabulary_size: int, every: int, seed: int
) -> tuple[Documents, Documents, str]:
    """Holds out about one document in `every`, along with all that are similar to it.

    Newsgroups quote, repost and answer in threads, so a document held out at random has
    near-copies among those that are left, and a model that memorises these looks good.
    A test set from a later time has fewer. On 20 Newsgroups, the median cosine between
    a document and its nearest training document is 0.51 for documents held out at
    random, but 0.38 both for the test set and for groups.

    Args:
        documents: the documents, none of them empty.
        vocabulary_size: number of words.
        every: how many documents there are for each one held out.
        seed: seed of the choice.

    Returns:
        The documents that are left, those held out, and how these were chosen, in
        words. If there are more than `MOST_DOCUMENTS` documents, or no group is small
        enough, single documents are held out at random, as by `Documents.split`.

    >>> rows = [[(1, 2), (2, 1)], [(1, 2), (2, 1)], [(3, 1)], [(4, 1)]]
    >>> left, held_out, how = hold_out_groups(Documents.from_rows(rows), 4, 4, seed=0)
    >>> len(left), len(held_out), how
    (3, 1, 'groups of similar documents')
    """
    if len(documents) > MOST_DOCUMENTS:
        return *documents.split(every, seed), "single documents, at random"
    group_of = _groups(documents.matrix(vocabulary_size).astype(np.float32))
    sizes = np.bincount(group_of)
    words = np.bincount(group_of, weights=documents.num_words)
    target = max(len(documents) // every, 1)
    # Large groups stay in training, and so do the few longest documents, one of which
    # would outweigh hundreds of others.
    small = (sizes <= max(LARGEST_SHARE * target, 1)) & (
        words <= max(LARGEST_SHARE * words.sum() / every, words.min())
    )
    order = np.random.default_rng(seed).permutation(np.flatnonzero(small))
    chosen = order[: np.searchsorted(np.cumsum(sizes[order]), target) + 1]
    held_out = np.isin(group_of, chosen)
    if not 0 < held_out.sum() < len(documents):
        return *documents.split(every, seed), "single documents, at random"
    return documents[~held_out], documents[held_out], "groups of similar documents"


def _groups(counts) -> np.ndarray:
    """Returns the group of each document; similar documents share a group."""
    # Slow to import.
    from sklearn.feature_extraction.text import TfidfTransformer

    rows = TfidfTransformer().fit_transform(counts)
    firsts, seconds = [], []
    for start in range(0, rows.shape[0], BLOCK):
        # Each pair is found in the block of its first document.
        cosines = rows[start : start + BLOCK] @ rows[start:].T
        first, second = (cosines >= SIMILAR).nonzero()
        firsts.append(first + start)
        seconds.append(second + start)
    edges = np.concatenate(firsts), np.concatenate(seconds)
    similar = scipy.sparse.coo_matrix(
        (np.ones(len(edges[0]), bool), edges), shape=(rows.shape[0],) * 2
    )
    return connected_components(similar, directed=False)[1]
