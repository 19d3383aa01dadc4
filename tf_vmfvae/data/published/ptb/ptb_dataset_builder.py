"""TFDS builder of the Penn Treebank's text for language modelling."""

import pathlib
from collections.abc import Iterator

import tensorflow_datasets as tfds

from tf_vmfvae.data.files.text_file import read_sentences
from tf_vmfvae.data.published.builder import PublishedBuilder

FILES = {"train": "train.txt", "validation": "valid.txt", "test": "test.txt"}


class Builder(PublishedBuilder):
    """The Penn Treebank, sentence by sentence.

    It reads ptb/train.txt, ptb/valid.txt and ptb/test.txt from TFDS's manual folder; if
    none of them is there, it downloads them.

    >>> Builder.name, sorted(FILES)
    ('ptb', ['test', 'train', 'validation'])
    """

    MANUAL_DOWNLOAD_INSTRUCTIONS = (
        "Put train.txt, valid.txt and test.txt into the folder ptb/."
    )
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
        folder = self.source_folder(dl_manager, list(FILES.values()))
        return {
            split: self._generate_examples(folder / name)
            for split, name in FILES.items()
        }

    def _generate_examples(
        self, path: pathlib.Path
    ) -> Iterator[tuple[int, dict[str, str]]]:
        for i, sentence in enumerate(read_sentences(path)):
            yield i, {"text": sentence}
