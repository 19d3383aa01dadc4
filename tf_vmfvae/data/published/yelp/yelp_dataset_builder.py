"""TFDS builder of the Yelp reviews of 2013."""

import os
import pathlib
from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow_datasets as tfds

from tf_vmfvae.data.files.labelled_file import read_labelled_sentences
from tf_vmfvae.data.published.builder import PublishedBuilder

FILES = {"train": "train.txt", "validation": "valid.txt", "test": "test.txt"}
NUM_LABELS = 5
# If there is only valid.txt: the seed that shuffles it, and where it is cut.
SEED, CUTS = 2013, {"train": (0.0, 0.8), "validation": (0.8, 0.9), "test": (0.9, 1.0)}


class Builder(PublishedBuilder):
    """Reviews of 2013, one by one, each labelled with its stars minus one.

    It reads yelp/train.txt, yelp/valid.txt and yelp/test.txt from TFDS's manual folder.
    If only yelp/valid.txt is there, it shuffles that part and cuts it in three.

    >>> Builder.name, NUM_LABELS
    ('yelp', 5)
    """

    MANUAL_DOWNLOAD_INSTRUCTIONS = (
        "Put train.txt, valid.txt and test.txt into the folder yelp/."
    )

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
        folder = self.source_folder(dl_manager, list(FILES.values()))
        return {split: self._generate_examples(folder, split) for split in FILES}

    def _generate_examples(
        self, folder: pathlib.Path, split: str
    ) -> Iterator[tuple[int, dict]]:
        for i, (label, text) in enumerate(_reviews(folder, split)):
            yield i, {"text": text, "label": label}


def only_piece(folder: pathlib.Path) -> bool:
    """Returns whether valid.txt is the only file."""
    there = [name for name in FILES.values() if os.path.lexists(folder / name)]
    return there == ["valid.txt"]


def cut(reviews: Sequence, split: str) -> list:
    """Shuffles the reviews and returns those of one split.

    >>> [cut("abcdefghij", split) for split in FILES if split != "train"]
    [['g'], ['e']]
    """
    order = np.random.default_rng(SEED).permutation(len(reviews))
    start, end = (round(share * len(reviews)) for share in CUTS[split])
    return [reviews[index] for index in order[start:end]]


def _reviews(folder, split):
    if not only_piece(folder):
        return read_labelled_sentences(folder / FILES[split], NUM_LABELS)
    return cut(read_labelled_sentences(folder / "valid.txt", NUM_LABELS), split)
