"""A file that this program makes for its runs to read."""

import abc
from pathlib import Path

# The folder of these files, next to the folder of the runs.
INPUTS = "inputs"


class InputFile(abc.ABC):
    """Base class of the files that this program makes for its runs to read.

    Attributes:
        name: its file name, which says everything about its content.
    """

    name: str

    @abc.abstractmethod
    def write(self, path: Path, data_dir: str | None) -> None:
        """Writes the file.

        Args:
            path: where to.
            data_dir: where the corpora are.

        Raises:
            ValueError, OSError: if a corpus cannot be read, or the file not written.
        """

    def path(self, runs: Path) -> Path:
        """Returns where it is.

        Args:
            runs: the folder of all runs.
        """
        return runs.parent / INPUTS / self.name
