"""TFDS builder of the Penn Treebank's text for language modelling."""

import pathlib
from collections.abc import Iterator

import tensorflow_datasets as tfds

from tf_vmfvae.data.files.text_file import read_sentences
from tf_vmfvae.data.published.base.builder import ARCHIVES, PublishedBuilder


class Builder(PublishedBuilder):
    """The sentences of the Penn Treebank.

    Reads ptb/train.txt, ptb/valid.txt and ptb/test.txt from TFDS's manual folder; if
    none of them is there, downloads them.

    >>> Builder.name
    'ptb'
    """

    FOLDER = "ptb"
    MANUAL_DOWNLOAD_INSTRUCTIONS = (
        "Put train.txt, valid.txt and test.txt into a folder ptb/."
    )
    URL = f"{ARCHIVES}/ptb.zip"

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict({"text": tfds.features.Text()}),
            homepage="https://catalog.ldc.upenn.edu/LDC99T42",
            disable_shuffling=True,
        )

    def _generate_examples(
        self, folder: pathlib.Path, split: str
    ) -> Iterator[tuple[int, dict[str, str]]]:
        for i, sentence in enumerate(read_sentences(folder / self.FILES[split])):
            yield i, {"text": sentence}
