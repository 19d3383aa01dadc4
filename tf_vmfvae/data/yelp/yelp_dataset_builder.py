"""TFDS builder of the Yelp reviews of 2013."""

import os
import pathlib
from collections.abc import Iterator

import numpy as np
import tensorflow_datasets as tfds
from etils import epath

from tf_vmfvae.data.labelled_file import read_labelled_sentences

FILES = {"train": "train.txt", "validation": "valid.txt", "test": "test.txt"}
NUM_LABELS = 5
# Where there is but one file: the seed that it is shuffled by, and where it is cut.
SEED, CUTS = 2013, {"train": (0.0, 0.8), "validation": (0.8, 0.9), "test": (0.9, 1.0)}


class Builder(tfds.core.GeneratorBasedBuilder):
    """Yelp 2013, review by review, each with its stars less one.

    It reads yelp/train.txt, yelp/valid.txt and yelp/test.txt in TFDS's manual folder.
    Where only yelp/valid.txt lies there, that piece is shuffled and cut in three.

    >>> Builder.name, NUM_LABELS
    ('yelp', 5)
    """

    VERSION = tfds.core.Version("1.0.0")
    MANUAL_DOWNLOAD_INSTRUCTIONS = (
        "Put train.txt, valid.txt and test.txt into the folder yelp/."
    )
    # TFDS finds the files beside the builder from here. Worked out by TFDS itself, it
    # takes importlib_resources, which TFDS 4.9.10 uses but does not ask for.
    code_path = epath.Path(__file__)

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "text": tfds.features.Text(),
                    "label": tfds.features.ClassLabel(num_classes=NUM_LABELS),
                }
            ),
            supervised_keys=("text", "label"),
            homepage="https://www.yelp.com/dataset",
            disable_shuffling=True,
        )

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Iterator]:
        folder = pathlib.Path(dl_manager.manual_dir) / self.name
        return {split: self._generate_examples(folder, split) for split in FILES}

    def _generate_examples(
        self, folder: pathlib.Path, split: str
    ) -> Iterator[tuple[int, dict]]:
        for i, (label, text) in enumerate(_reviews(folder, split)):
            yield i, {"text": text, "label": label}


def only_piece(folder: pathlib.Path) -> bool:
    """Whether valid.txt is all that there is."""
    there = [name for name in FILES.values() if os.path.lexists(folder / name)]
    return there == ["valid.txt"]


def _reviews(folder, split):
    if not only_piece(folder):
        return read_labelled_sentences(folder / FILES[split], NUM_LABELS)
    reviews = read_labelled_sentences(folder / "valid.txt", NUM_LABELS)
    order = np.random.default_rng(SEED).permutation(len(reviews))
    start, end = (round(share * len(reviews)) for share in CUTS[split])
    return [reviews[index] for index in order[start:end]]
