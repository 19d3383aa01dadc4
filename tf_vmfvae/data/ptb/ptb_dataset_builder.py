"""TFDS builder of the Penn Treebank's language modelling text."""

import pathlib
from collections.abc import Iterator

import tensorflow_datasets as tfds
from etils import epath

from tf_vmfvae.data.preparation import manual_folder
from tf_vmfvae.data.text_file import read_sentences

FILES = {"train": "train.txt", "validation": "valid.txt", "test": "test.txt"}


class Builder(tfds.core.GeneratorBasedBuilder):
    """The Penn Treebank, sentence by sentence.

    It reads ptb/train.txt, ptb/valid.txt and ptb/test.txt in TFDS's manual folder if
    they are there, and downloads them otherwise.

    >>> Builder.name, sorted(FILES)
    ('ptb', ['test', 'train', 'validation'])
    """

    VERSION = tfds.core.Version("1.0.0")
    MANUAL_DOWNLOAD_INSTRUCTIONS = (
        "Put train.txt, valid.txt and test.txt into the folder ptb/."
    )
    # TFDS finds the files beside the builder from here. Worked out by TFDS itself, it
    # takes importlib_resources, which TFDS 4.9.10 uses but does not ask for.
    code_path = epath.Path(__file__)
    URL = "https://github.com/jiacheng-xu/vmf_vae_nlp/raw/master/data/ptb.zip"

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict({"text": tfds.features.Text()}),
            homepage="https://catalog.ldc.upenn.edu/LDC99T42",
            disable_shuffling=True,
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator]:
        folder = manual_folder(dl_manager, "ptb", tuple(FILES.values()))
        if folder is None:
            folder = pathlib.Path(dl_manager.download_and_extract(self.URL)) / "ptb"
        return {
            split: self._generate_examples(folder / name)
            for split, name in FILES.items()
        }

    def _generate_examples(
        self, path: pathlib.Path
    ) -> Iterator[tuple[int, dict[str, str]]]:
        for i, sentence in enumerate(read_sentences(path)):
            yield i, {"text": sentence}
