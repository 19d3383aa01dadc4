"""Reads the Penn Treebank's sentences, prepared by TFDS."""

import os

from tf_vmfvae.data.published.base.preparation import prepared_builder, read_split
from tf_vmfvae.data.published.ptb.ptb_dataset_builder import Builder
from tf_vmfvae.data.splits.held_out import SPLITS


def read_ptb(data_dir: str | os.PathLike | None = None) -> dict[str, list[str]]:
    """Reads the Penn Treebank through its TFDS builder.

    Args:
        data_dir: folder that holds ptb/train.txt, ptb/valid.txt and ptb/test.txt;
            without these, they are downloaded.

    Returns:
        A mapping from "train", "validation" and "test" to sentences.

    Raises:
        ValueError: a file is unusable, or there are neither files nor a download.
    """
    builder = prepared_builder(Builder, data_dir)
    return {split: read_split(builder, split)["text"] for split in SPLITS}
