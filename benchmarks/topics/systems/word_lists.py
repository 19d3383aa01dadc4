"""Documents as lists of words, for systems that do not read counts."""

import itertools
from collections.abc import Iterator, Sequence

import numpy as np
import scipy.sparse


def words_of_documents(
    counts: scipy.sparse.csr_matrix, vocabulary: Sequence[str]
) -> Iterator[list[str]]:
    """Yields the words of each document, each as often as it is counted."""
    words = np.asarray(vocabulary)
    for start, end in itertools.pairwise(counts.indptr):
        row = words[counts.indices[start:end]]
        yield np.repeat(row, counts.data[start:end]).tolist()
