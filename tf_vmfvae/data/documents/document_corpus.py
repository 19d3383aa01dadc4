"""A corpus of documents in memory."""

import dataclasses

from tf_vmfvae.data.documents.documents import Documents


@dataclasses.dataclass(frozen=True)
class DocumentCorpus:
    """Documents to train on, to choose models by and to test with.

    Attributes:
        name: name of the data set.
        train: the training documents.
        validation: documents held out of the training part.
        test: the test documents.
        vocabulary: words; a word's id is its index plus 1.
        notes: what was done to the documents on reading them, a line each.
        entropy: None; nobody knows the entropy of such documents.

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
