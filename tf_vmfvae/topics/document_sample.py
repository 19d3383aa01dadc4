"""A sample of the documents that a model has learned from."""

import numpy as np

from tf_vmfvae.data import Documents

# partial_fit keeps a sample of this many documents to train on again.
KEPT = 10_000


class DocumentSample:
    """Keeps a uniform sample of documents that come in parts.

    Args:
        size: the largest number of documents to keep.
        seed: seed of the choice.

    Attributes:
        documents: the sample.
        seen: number of documents that it was chosen from.
    """

    def __init__(self, size: int, seed: int, seen: int = 0):
        self.size = size
        self.seed = seed
        self.seen = seen
        self.documents = Documents.from_rows([])

    def add(self, documents: Documents) -> None:
        """Chooses anew from the sample and from further documents."""
        old, new = len(self.documents), len(documents)
        self.seen += new
        if old + new > self.size:
            rng = np.random.default_rng([self.seed, self.seen])
            share = max(round(self.size * new / self.seen), self.size - old)
            new = min(new, share)
            documents = _choose(documents, new, rng)
            self.documents = _choose(self.documents, self.size - new, rng)
        self.documents = join(self.documents, documents)


def join(first: Documents, second: Documents) -> Documents:
    """Returns the documents of both, without labels."""
    return Documents(
        np.concatenate([first.pairs, second.pairs]),
        np.concatenate(
            [first.row_splits, second.row_splits[1:] + first.row_splits[-1]]
        ),
    )


def _choose(documents, count, rng):
    return documents[np.sort(rng.choice(len(documents), count, replace=False))]
