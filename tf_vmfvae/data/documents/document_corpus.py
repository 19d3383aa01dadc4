"""A corpus of documents in memory."""

import dataclasses

from tf_vmfvae.data.documents.documents import Documents


@dataclasses.dataclass(frozen=True)
class DocumentCorpus:
    """Documents for training, validation and test.

    Attributes:
        name: name of the data set.
        train: training documents.
        validation: validation documents.
        test: test documents.
        vocabulary: words; the id of a word is its index plus 1.
        notes: what was done to the documents when they were read, one per line, for
            the user.
        entropy: None: the entropy of such documents is unknown.

    >>> one = Documents.from_rows([[(1, 2)]])
    >>> corpus = DocumentCorpus("tiny", one, one, one, ["a", "b"])
    >>> len(corpus.train), corpus.notes
    (1, ())
    """

    name: str
    train: Documents
    validation: Documents
    test: Documents
    vocabulary: list[str]
    notes: tuple[str, ...] = ()
    entropy: None = None
