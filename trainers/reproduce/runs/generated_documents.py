"""Generated documents in the form of a corpus that cannot be had."""

import dataclasses
from pathlib import Path

from trainers.reproduce.library.importing import import_library
from trainers.reproduce.runs.input_file import InputFile

# Documents that are enough to measure the time of a step.
SAMPLE = 2_000


@dataclasses.dataclass(frozen=True)
class GeneratedDocuments(InputFile):
    """A text file of `tf_vmfvae.data.embedded.planted_documents`, one per line.

    Attributes:
        count: number of documents.
        words: words in each of them.
        vocabulary_size: number of different words.

    >>> GeneratedDocuments(2000, 40, 1000).name
    'documents-2000-words40-vocabulary1000.txt'
    """

    count: int
    words: int
    vocabulary_size: int

    @property
    def name(self) -> str:
        """Its file name."""
        return (
            f"documents-{self.count}-words{self.words}-"
            f"vocabulary{self.vocabulary_size}.txt"
        )

    def write(self, path: Path, data_dir: str | None) -> None:
        """Writes the documents; reads no corpus."""
        import_library()
        from tf_vmfvae.data.embedded import planted_documents

        size = self.count, self.words, self.vocabulary_size
        with path.open("w", encoding="utf-8") as file:
            for document in planted_documents(*size):
                file.write(f"{document}\n")

    def sample(self) -> tuple["GeneratedDocuments", float]:
        """Returns at most `SAMPLE` documents, and how many times more these are.

        >>> GeneratedDocuments(8000, 40, 1000).sample()[1]
        4.0
        """
        count = min(self.count, SAMPLE)
        return dataclasses.replace(self, count=count), self.count / count
