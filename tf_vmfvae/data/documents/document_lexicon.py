"""The distinct words of documents."""

from collections.abc import Sequence

import numpy as np

from tf_vmfvae.data.documents.bag_of_words import no_word_left, stop_word_set
from tf_vmfvae.text import normalize


class DocumentLexicon:
    """The distinct words of documents, numbered from 0, and how frequent each is.

    Args:
        words: the words.
        occurrences: int64 `[words]`, how often each occurs in the training documents.
        documents: int64 `[words]`, in how many of these it occurs.

    >>> words, ones = ["rose", "a", "is"], np.array([1, 1, 1])
    >>> lexicon = DocumentLexicon(words, np.array([4, 1, 2]), ones)
    >>> lexicon.vocabulary(size=2)
    ['is', 'rose']
    >>> lexicon.ids(["is", "rose"]).tolist()
    [2, 0, 1]
    """

    def __init__(
        self, words: Sequence[str], occurrences: np.ndarray, documents: np.ndarray
    ):
        self.words = words
        self.occurrences = occurrences
        self.documents = documents

    def vocabulary(
        self,
        size: int | None = None,
        minimum_documents: int = 1,
        stop_words: Sequence[str] | str | None = None,
    ) -> list[str]:
        """Returns what `build_document_vocabulary` does for the training documents.

        The arguments are the same, and so is what it raises.
        """
        left_out = stop_word_set(stop_words)
        enough = np.flatnonzero(self.documents >= max(minimum_documents, 1))
        rows = [row for row in enough.tolist() if self.words[row] not in left_out]
        if not rows:
            raise no_word_left(minimum_documents)
        # In alphabetical order, as scikit-learn has them when it chooses: which of
        # several equally frequent words it takes depends on their places.
        rows = np.array(sorted(rows, key=self.words.__getitem__))
        if size is not None and len(rows) > size:
            rows = rows[np.sort(np.argsort(-self.occurrences[rows])[: int(size)])]
        return [self.words[row] for row in rows]

    def ids(self, vocabulary: Sequence[str]) -> np.ndarray:
        """Returns the id of each word in a vocabulary, int32 `[words]`.

        Args:
            vocabulary: words; the id of a word is its index plus 1, and that of a word
                which is not among them is 0.
        """
        id_of = {normalize(word): row for row, word in enumerate(vocabulary, start=1)}
        found = (id_of.get(word, 0) for word in self.words)
        return np.fromiter(found, np.int32, len(self.words))

    def count(self, vocabulary: Sequence[str]) -> int:
        """Returns how often the words of a vocabulary occur in training documents."""
        return int(self.occurrences[self.ids(vocabulary) > 0].sum())
