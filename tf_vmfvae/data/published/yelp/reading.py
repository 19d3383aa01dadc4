"""Reads the Yelp reviews and their labels, prepared by TFDS."""

import os
import pathlib

from tf_vmfvae.data.published.base.preparation import prepared_builder, read_split
from tf_vmfvae.data.published.yelp.yelp_dataset_builder import ALONE, Builder
from tf_vmfvae.data.splits.held_out import SPLITS


def read_yelp(
    data_dir: str | os.PathLike | None,
) -> tuple[dict[str, list[str]], dict[str, list[int]], list[str]]:
    """Reads the Yelp reviews of 2013 through their TFDS builder.

    Args:
        data_dir: folder that holds yelp/train.txt, yelp/valid.txt and yelp/test.txt,
            or yelp/valid.txt alone; without these, they are downloaded.

    Returns:
        A mapping from "train", "validation" and "test" to reviews, another to labels
        from 0 to 4, and notes on what was done, one per line.

    Raises:
        ValueError: a file is missing or unusable.
    """
    folder = pathlib.Path(data_dir or "") / Builder.FOLDER
    is_alone = data_dir is not None and Builder.has_only_valid(folder)
    builder = prepared_builder(Builder, data_dir, [ALONE] if is_alone else None)
    splits = {split: read_split(builder, split) for split in SPLITS}
    texts = {split: reviews["text"] for split, reviews in splits.items()}
    labels = {split: reviews["label"] for split, reviews in splits.items()}
    notes = []
    if is_alone:
        sizes = " / ".join(str(len(texts[split])) for split in SPLITS)
        notes = [
            f"{folder} has only {ALONE}: it is shuffled and cut in three ({sizes})"
        ]
    return texts, labels, notes
