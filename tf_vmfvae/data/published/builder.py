"""Base class of the TFDS builders of published corpora."""

import inspect
import os
import pathlib
from collections.abc import Sequence

import tensorflow_datasets as tfds
from etils import epath


class PublishedBuilder(tfds.core.GeneratorBasedBuilder, skip_registration=True):
    """Base class: files in TFDS's manual folder, or else from a download.

    Attributes:
        URL: archive that holds a folder named after the data set; `None` if the files
            cannot be downloaded.
    """

    VERSION = tfds.core.Version("1.0.0")
    URL: str | None = None

    def __init_subclass__(cls, **arguments) -> None:
        # TFDS reads the files next to the builder, such as its checksums, from here. To
        # find them itself, TFDS 4.9.10 uses importlib_resources without requiring it.
        cls.code_path = epath.Path(inspect.getfile(cls))
        super().__init_subclass__(**arguments)

    def source_folder(
        self, dl_manager: tfds.download.DownloadManager, names: Sequence[str]
    ) -> pathlib.Path:
        """Returns the folder of the corpus's files, downloaded if need be.

        Args:
            dl_manager: TFDS's download manager.
            names: the files' names. If TFDS's manual folder has any of them in a folder
                named after the data set, nothing is downloaded.

        Raises:
            AssertionError: TFDS's own, if there is no manual folder and no URL.
        """
        try:
            folder = pathlib.Path(dl_manager.manual_dir) / self.name
        except AssertionError:
            if self.URL is None:
                raise
        else:
            if self.URL is None or any(
                os.path.lexists(folder / name) for name in names
            ):
                return folder
        return pathlib.Path(dl_manager.download_and_extract(self.URL)) / self.name
