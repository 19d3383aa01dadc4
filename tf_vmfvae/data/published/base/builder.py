"""Base class of the TFDS builders of published corpora."""

import inspect
import os
import pathlib
from collections.abc import Iterator, Mapping

import tensorflow_datasets as tfds

# Where the authors of the paper keep their corpora, at their last commit, so that what
# is downloaded never changes.
ARCHIVES = (
    "https://github.com/jiacheng-xu/vmf_vae_nlp/raw/"
    "6459c62c3e6003187d88e5907a2b6e20cf915892/data"
)


class PublishedBuilder(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    """Base class: reads files from TFDS's manual folder, or from a download.

    Attributes:
        FOLDER: the folder that holds the files, in TFDS's manual folder and in the
            archive. It is also the name of the corpus in this library; TFDS allows
            fewer names (none that begins with a digit).
        FILES: a mapping from each split to the name of its file.
        MORE_FILES: names of other files that the builder needs.
        URL: archive that holds the folder, or None if the files cannot be downloaded.
    """

    VERSION = tfds.core.Version("1.0.0")
    FOLDER: str
    FILES: Mapping[str, str] = {
        "train": "train.txt",
        "validation": "valid.txt",
        "test": "test.txt",
    }
    MORE_FILES: tuple[str, ...] = ()
    URL: str | None = None

    def __init_subclass__(cls, **arguments) -> None:
        # TFDS reads the files next to the builder, such as its checksums, from here. To
        # find them itself, TFDS 4.9.10 uses importlib_resources without requiring it.
        cls.code_path = tfds.core.Path(inspect.getfile(cls))
        super().__init_subclass__(**arguments)

    @classmethod
    def file_names(cls) -> list[str]:
        """Returns the names of all files that the builder reads."""
        return [*cls.FILES.values(), *cls.MORE_FILES]

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator]:
        folder = self._source_folder(dl_manager)
        return {split: self._generate_examples(folder, split) for split in self.FILES}

    def _source_folder(self, dl_manager: tfds.download.DownloadManager) -> pathlib.Path:
        """Returns the folder with the files of the corpus.

        If any of the files is in TFDS's manual folder, nothing is downloaded.

        Raises:
            AssertionError: from TFDS, if there is no manual folder and no URL.
        """
        try:
            folder = pathlib.Path(dl_manager.manual_dir) / self.FOLDER
        except AssertionError:
            if self.URL is None:
                raise
        else:
            if self.URL is None or any(
                os.path.lexists(folder / name) for name in self.file_names()
            ):
                return folder
        return pathlib.Path(dl_manager.download_and_extract(self.URL)) / self.FOLDER
