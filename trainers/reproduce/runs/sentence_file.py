"""Sentences of a corpus, for trainers.generate to read."""

import dataclasses
from pathlib import Path

from trainers.reproduce.library.importing import import_library
from trainers.reproduce.runs.input_file import InputFile

SEED = 1
# A chosen sentence has as many words.
LENGTHS = range(6, 16)


@dataclasses.dataclass(frozen=True)
class SentenceFile(InputFile):
    """A text file with sentences of a corpus, one per line.

    Attributes:
        dataset: the corpus.
        split: "validation" or "test".
        count: number of sentences, which are chosen at random, with a fixed seed, among
            those of 6 to 15 known words; `None` for all sentences.

    >>> SentenceFile("ptb", "validation", 5).name
    'ptb-validation-5.txt'
    """

    dataset: str
    split: str
    count: int | None = None

    @property
    def name(self) -> str:
        """Its file name."""
        return f"{self.dataset}-{self.split}-{self.count or 'all'}.txt"

    def write(self, path: Path, data_dir: str | None) -> None:
        """Reads the corpus and writes its sentences."""
        import_library()
        import numpy as np

        from tf_vmfvae import data
        from tf_vmfvae.text.words import UNKNOWN

        corpus = data.load(self.dataset, data_dir)
        sentences = getattr(corpus, self.split)
        if self.count is not None:
            fit = [
                sentence
                for sentence in dict.fromkeys(sentences)
                if len(words := sentence.split()) in LENGTHS and UNKNOWN not in words
            ]
            chosen = np.random.default_rng(SEED).permutation(len(fit))[: self.count]
            sentences = [fit[index] for index in chosen]
        path.write_text("\n".join(sentences) + "\n", encoding="utf-8")
