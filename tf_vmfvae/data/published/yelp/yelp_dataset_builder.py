"""TFDS builder of the Yelp reviews of 2013."""

import os
import pathlib
from collections.abc import Iterator

import numpy as np
import tensorflow_datasets as tfds

from tf_vmfvae.data.files.labelled_file import read_labelled_sentences
from tf_vmfvae.data.published.base.builder import ARCHIVES, PublishedBuilder

NUM_LABELS = 5
# If there is only valid.txt: the seed that shuffles it, and where it is cut.
ALONE = "valid.txt"
SEED, CUTS = 2013, {"train": (0.0, 0.8), "validation": (0.8, 0.9), "test": (0.9, 1.0)}


class Builder(PublishedBuilder):
    """Yelp reviews of 2013, each labelled with its stars minus one.

    Reads yelp/train.txt, yelp/valid.txt and yelp/test.txt from TFDS's manual folder. If
    only yelp/valid.txt is there, shuffles it and cuts it in three. If none of them is
    there, downloads them.

    >>> Builder.name, NUM_LABELS
    ('yelp', 5)
    """

    FOLDER = "yelp"
    MANUAL_DOWNLOAD_INSTRUCTIONS = (
        "Put train.txt, valid.txt and test.txt into a folder yelp/."
    )
    URL = f"{ARCHIVES}/yelp.zip"

    @classmethod
    def has_only_valid(cls, folder: pathlib.Path) -> bool:
        """Returns whether valid.txt is the only file in the folder."""
        names = cls.file_names()
        return [name for name in names if os.path.lexists(folder / name)] == [ALONE]

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

    def _generate_examples(
        self, folder: pathlib.Path, split: str
    ) -> Iterator[tuple[int, dict]]:
        if self.has_only_valid(folder):
            reviews = _cut_out(folder / ALONE, split)
        else:
            reviews = read_labelled_sentences(folder / self.FILES[split], NUM_LABELS)
        for i, (label, text) in enumerate(reviews):
            yield i, {"text": text, "label": label}


def _cut_out(file, split):
    """Shuffles the reviews of a file and returns those of one split."""
    reviews = read_labelled_sentences(file, NUM_LABELS)
    order = np.random.default_rng(SEED).permutation(len(reviews))
    start, end = (round(share * len(reviews)) for share in CUTS[split])
    if start == end:
        raise ValueError(
            f"{file} has {len(reviews)} lines with words: too few to cut in three"
        )
    return [reviews[index] for index in order[start:end]]
