"""The distinct words of a text."""

from collections.abc import Sequence

import numpy as np

from tf_vmfvae.data.sentences.vocabulary import most_frequent
from tf_vmfvae.text.words import END, UNKNOWN, normalize

# Words that are looked up in a vocabulary at a time.
CHUNK = 10_000


class Lexicon:
    """The distinct words of a text, numbered from 0, and how often each occurs.

    Args:
        words: the words. The first is `<eos>`, which ends every sentence.
        counts: int64 `[words]`, how often each occurs in the training set.

    >>> lexicon = Lexicon(["<eos>", "rose", "is", "a"], np.array([0, 1, 2, 2]))
    >>> lexicon.vocabulary(size=4, minimum_count=1)
    ['<unk>', '<eos>', 'a', 'is']
    """

    def __init__(self, words: Sequence[str], counts: np.ndarray | None = None):
        if words[0] != END:
            raise ValueError(f"words[0] is {words[0]!r}: begin with {END}")
        # An array, because many words are taken out of it at once.
        self.words = np.array(words, object)
        self.counts = counts
        self._looked_up = (None, None)

    def __len__(self) -> int:
        return len(self.words)

    def vocabulary(self, size: int, minimum_count: int) -> list[str]:
        """Returns the most frequent words, see `build_vocabulary`."""
        least = minimum_count
        if size < len(self):
            # Of a million words only the frequent ones need to be sorted by name too.
            least = max(least, np.partition(self.counts, -size)[-size])
        rows = np.flatnonzero(self.counts >= least)
        counts = dict(
            zip(self.words[rows].tolist(), self.counts[rows].tolist(), strict=True)
        )
        return most_frequent(counts, size, minimum_count)

    def ids(self, tokenizer) -> np.ndarray:
        """Returns the id that a tokenizer gives each word, int32 `[words]`.

        The answer for the latest tokenizer is kept.

        Args:
            tokenizer: a `WordTokenizer`.
        """
        known, ids = self._looked_up
        if known is not tokenizer:
            # Only these can be known, as they are or in lower case. The tokenizer takes
            # seconds for the hundreds of thousands of others.
            vocabulary = {normalize(word) for word in tokenizer.vocabulary}
            rows = [
                row
                for row, word in enumerate(self.words)
                if word in vocabulary or normalize(word.lower()) in vocabulary
            ]
            ids = np.full(len(self), _ids(tokenizer, [UNKNOWN])[0])
            for start in range(0, len(rows), CHUNK):
                chunk = rows[start : start + CHUNK]
                ids[chunk] = _ids(tokenizer, self.words[chunk].tolist())
            self._looked_up = tokenizer, ids
        return ids


def _ids(tokenizer, words):
    # Each word is a sentence: its id is followed by that of `<eos>`.
    return tokenizer(words).flat_values[::2].numpy()
