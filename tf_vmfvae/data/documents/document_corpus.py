"""A corpus of documents."""

import dataclasses

from tf_vmfvae.data.documents.documents import Documents
from tf_vmfvae.data.documents.stored_documents import StoredDocuments


@dataclasses.dataclass(frozen=True)
class DocumentCorpus:
    """Documents for training, validation and test.

    Attributes:
        name: name of the data set.
        train: training documents: `Documents`, or `StoredDocuments` on disk.
        validation: validation documents, likewise.
        test: test documents, likewise.
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
    train: Documents | StoredDocuments
    validation: Documents | StoredDocuments
    test: Documents | StoredDocuments
    vocabulary: list[str]
    notes: tuple[str, ...] = ()
    entropy: None = None
