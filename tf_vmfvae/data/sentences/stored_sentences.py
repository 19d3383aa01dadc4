"""Sentences on disk, as numbers of their words."""

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np

from tf_vmfvae.data.batches.stored_ids import StoredIds
from tf_vmfvae.data.files.number_file import NumberFile, read_pieces
from tf_vmfvae.data.sentences.lexicon import Lexicon

# Sentences that are read at a time.
CHUNK = 10_000
# One by one if the first and the last are more than this many times their words apart.
SPARSE = 100


class StoredSentences(Sequence[str]):
    """A list of sentences whose words stay on disk.

    `tf_vmfvae.data.load` returns them if it is given a `cache_dir`. Indexing, slicing
    and iterating give strings; a slice is in memory.

    Args:
        words: a `NumberFile` or int32 array, numbers of words in the lexicon, of one
            sentence after another. Each sentence ends in 0, the number of `<eos>`.
        starts: int64 `[sentences]`, where in `words` each sentence begins.
        lengths: int32 `[sentences]`, numbers of words, including `<eos>`.
        lexicon: the words.
        digest: the `text_digest` of the sentences; None if it is unknown.

    >>> words = np.array([1, 2, 0, 2, 1, 2, 0], np.int32)
    >>> lexicon = Lexicon(["<eos>", "is", "it"])
    >>> sentences = StoredSentences(words, np.array([0, 3]), np.array([3, 4]), lexicon)
    >>> sentences[0], sentences[:], len(sentences)
    ('is it', ['is it', 'it is it'], 2)
    """

    def __init__(
        self,
        words: NumberFile | np.ndarray,
        starts: np.ndarray,
        lengths: np.ndarray,
        lexicon: Lexicon,
        digest: str | None = None,
    ):
        self.words = words
        self.starts = starts
        self.lengths = lengths
        self.lexicon = lexicon
        self.digest = digest

    def __len__(self) -> int:
        return len(self.starts)

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index):
        if isinstance(index, slice):
            rows = range(len(self))[index]
            return [
                text
                for start in range(0, len(rows), CHUNK)
                for text in self._texts(np.array(rows[start : start + CHUNK]))
            ]
        return self._texts(np.array([range(len(self))[index]]))[0]

    def __iter__(self) -> Iterator[str]:
        for rows in self._chunks():
            yield from self._texts(rows)

    def counts(self) -> np.ndarray:
        """Returns how often each word of the lexicon occurs, int64 `[words]`."""
        counts = np.zeros(len(self.lexicon), np.int64)
        for rows in self._chunks():
            counts += np.bincount(self._numbers(rows), minlength=len(counts))
        return counts

    def to_ids(self, tokenizer) -> StoredIds:
        """Returns the ids that a model reads, for `Batches`.

        Args:
            tokenizer: a `WordTokenizer`, which gives the same ids to these sentences.
        """
        ids = self.lexicon.ids(tokenizer)
        return StoredIds(self.words, self.starts, self.lengths, ids)

    def _chunks(self):
        """Yields the numbers of the sentences, some at a time."""
        for start in range(0, len(self), CHUNK):
            yield np.arange(start, min(start + CHUNK, len(self)))

    def _numbers(self, rows):
        """Returns the numbers of the words of some sentences, one after another."""
        starts, lengths = self.starts[rows], self.lengths[rows]
        return read_pieces(self.words, starts, lengths, SPARSE)

    def _texts(self, rows):
        ends = np.cumsum(self.lengths[rows]).tolist()
        words = self.lexicon.words[self._numbers(rows)].tolist()
        starts = [0, *ends][: len(ends)]
        return [
            " ".join(words[start : end - 1])
            # The last word is `<eos>`.
            for start, end in zip(starts, ends, strict=True)
        ]
